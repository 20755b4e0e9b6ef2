//! Lines of a deployment, from CloudWatch Logs.

use anyhow::{Result, anyhow, ensure};
use aws_sdk_cloudwatchlogs::Client;
use guild_memory_cost::Line;
use indicatif::ProgressBar;
use jiff::Timestamp;

use crate::{causes::causes, target::Target};

/// CloudWatch sends only these lines.
const PATTERN: &str = r#"{ $.event = "invocation_metered" }"#;

/// Every line of the stack's functions since then.
pub(super) async fn read(stack: &str, since: Timestamp, bar: &ProgressBar, mut add: impl FnMut(Line)) -> Result<()> {
    let target = Target::aws();
    let config = target.config().await;
    target.check(&config).await?;
    let place = target.place(&config);
    let client = Client::new(&config);
    let groups = groups(&client, stack, &place).await?;
    ensure!(
        !groups.is_empty(),
        "there are no log groups of a stack {stack} at {place}: name it with --stack, or read a file with --logs"
    );
    for group in groups {
        bar.set_prefix(group.clone());
        let request = client.filter_log_events().log_group_name(&group).filter_pattern(PATTERN);
        let mut pages = request.start_time(since.as_millisecond()).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| anyhow!("{group} at {place} cannot be read: {}", causes(&error)))?;
            for event in page.events() {
                bar.inc(1);
                event.message().and_then(Line::read).into_iter().for_each(&mut add);
            }
        }
    }
    Ok(())
}

/// What the template calls the functions.
const FUNCTIONS: [&str; 7] =
    ["IngestMessages", "DailySummary", "GetMemories", "People", "SyncMessages", "Interactions", "Respond"];

/// The log groups whose names CloudFormation made for the functions of `template.yaml`.
async fn groups(client: &Client, stack: &str, place: &str) -> Result<Vec<String>> {
    let mut pages = client.describe_log_groups().log_group_name_prefix(format!("{stack}-")).into_paginator().send();
    let mut groups = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| anyhow!("log groups at {place} cannot be listed: {}", causes(&error)))?;
        groups.extend(page.log_groups().iter().filter_map(|group| group.log_group_name().map(str::to_owned)));
    }
    groups.retain(|group| is_of(stack, group));
    Ok(groups)
}

/// Whether a log group is of this stack, and of none whose name only begins with this one's.
fn is_of(stack: &str, group: &str) -> bool {
    FUNCTIONS.iter().any(|function| group.starts_with(&format!("{stack}-{function}Logs-")))
}

#[cfg(test)]
mod tests {
    use local_cloud::Template;

    use super::*;

    #[test]
    fn every_function_of_the_template_is_billed_and_no_other_stack() {
        assert_eq!(Template::of_the_project().unwrap().functions().count(), FUNCTIONS.len());
        for function in FUNCTIONS {
            assert!(
                include_str!("../../../../template.yaml").contains(&format!("\n  {function}Logs:\n")),
                "{function}"
            );
            let group = |stack: &str| format!("{stack}-{function}Logs-4QvYxWd2JmAa");
            assert!(is_of("guild-memory", &group("guild-memory")));
            assert!(!is_of("guild-memory", &group("guild-memory-staging")), "it only begins alike");
            assert!(!is_of("guild-memory-staging", &group("guild-memory")));
        }
        assert!(!is_of("guild-memory", "guild-memory-ForwarderLogs-4QvYxWd2JmAa"), "none of ours");
    }
}
