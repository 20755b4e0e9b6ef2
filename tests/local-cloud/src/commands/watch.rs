//! `local-cloud watch`.

use anyhow::Result;
use clap::Args;
use local_cloud::{LocalCloud, Speaker, Watch};

use super::serve::Services;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Services,
    /// Port of cargo-lambda's emulator; 0: any free one
    #[arg(long, value_name = "PORT", default_value_t = 9000)]
    emulator_port: u16,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let cloud = LocalCloud::start(arguments.services.options()?)?;
    let speaker = Speaker::of(|name| std::env::var(name).ok());
    let watch = Watch::start(&cloud, arguments.emulator_port, &speaker, false)?;
    explain(&cloud, &watch, &speaker);
    super::asked_to_stop().await?;
    println!("\nStopping.");
    drop(watch);
    Ok(())
}

fn explain(cloud: &LocalCloud, watch: &Watch, speaker: &Speaker) {
    let url = cloud.url();
    println!("\nThe local cloud is at {url}, cargo-lambda's emulator at {}.", watch.url());
    println!("Model: {}. The first invocation of a function builds it.\n", who_speaks(cloud, speaker));
    println!("Invoke as on AWS (aws lambda invoke --endpoint-url {url} …), or:");
    for function in cloud.template().functions() {
        println!("  curl {url}/2015-03-31/functions/{function}/invocations -d @events/{function}.json");
    }
    println!("\nDiscord's webhook is at {} (docs/discord.md); nothing else answers there.", cloud.webhook_url());
    println!("Counters: curl {url}/_local/counters\nCtrl-C stops everything.\n");
}

/// The stand-in, or the names of the models.
pub(super) fn who_speaks(cloud: &LocalCloud, speaker: &Speaker) -> String {
    if *speaker == Speaker::StandIn {
        return "stand-in model (set GEMINI_API_KEY for a real one)".to_owned();
    }
    let chain = |function: &str, variable: &str| {
        let own = std::env::var(variable).ok();
        own.or_else(|| cloud.template().environment(function).remove(variable)).unwrap_or_default()
    };
    let (summaries, merges) = (chain("daily_summary", "SUMMARY_MODELS"), chain("get_memories", "MERGE_MODELS"));
    format!("{summaries} for summaries, {merges} for memories")
}
