//! What functions are given, and what they are not.

use std::{cell::RefCell, collections::BTreeSet, fmt::Debug, path::Path};

use guild_memory::config::{
    DailySummaryConfig, GetMemoriesConfig, IngestMessagesConfig, InteractionsConfig, PeopleConfig, RespondConfig,
    SyncMessagesConfig,
};
use house::Statement;

use crate::facts::FACTS;

fn ports_of(function: &str) -> BTreeSet<&'static str> {
    FACTS.ports[function].all().collect()
}

/// What a function's policy says about a table.
fn statements_about(function: &str, table: &str) -> Vec<Statement> {
    let statements = FACTS.template.functions()[function].statements.clone();
    statements.into_iter().filter(|statement| statement.resources.iter().any(|resource| resource == table)).collect()
}

fn assert_names_nothing_of(function: &str, names: &[&str]) {
    for file in ["main.rs", "lib.rs"] {
        let file = Path::new("functions").join(function).join("src").join(file);
        for (to, named) in FACTS.graph.from(&file) {
            assert!(names.iter().all(|name| !named.contains(*name)), "{} -> {}", file.display(), to.display());
        }
    }
}

#[test]
fn every_function_has_ports_and_a_resource() {
    let (in_code, in_template) = (FACTS.ports.keys(), FACTS.template.functions());
    assert_eq!(Vec::from_iter(in_code), Vec::from_iter(in_template.keys()));
    assert!(FACTS.ports.values().all(|ports| ports.of_handle.contains_key("Clock") && ports.of_handle.len() > 1));
}

#[test]
fn get_memories_cannot_read_messages() {
    let ports = ports_of("get_memories");
    assert!(ports.contains("ReadWindow"), "the ports were found: {ports:?}");
    assert!(["ReadMessages", "WriteMessages", "ReadChannelsOfDay"].iter().all(|port| !ports.contains(port)));
    assert_names_nothing_of("get_memories", &["MessagesTable"]);
    assert!(!statements_about("get_memories", "MemoryTable").is_empty());
    assert!(statements_about("get_memories", "MessagesTable").is_empty());
    assert!(!FACTS.variables["get_memories"].contains("MESSAGES_TABLE"));
}

#[test]
fn respond_can_read_where_something_was_written_and_not_what() {
    let ports = ports_of("respond");
    assert!(ports.contains("ReadChannelsOfDay"), "the ports were found: {ports:?}");
    assert!(["ReadMessages", "WriteMessages"].iter().all(|port| !ports.contains(port)));
    let allowed = statements_about("respond", "MessagesTable");
    assert_eq!(allowed.len(), 1);
    assert_eq!(Vec::from_iter(&allowed[0].actions), ["dynamodb:Query"]);
    assert_eq!(allowed[0].attributes, ["pk", "sk", "channel"]);
    let statement = &FACTS.template.resource("RespondFunction")["Properties"]["Policies"][0]["Statement"][1];
    assert_eq!(statement["Condition"]["StringEquals"]["dynamodb:Select"], "SPECIFIC_ATTRIBUTES");
}

#[test]
fn who_asks_models_may_call_exactly_the_models_of_bedrock_that_are_named_and_nobody_else_any() {
    for (function, given) in FACTS.template.functions() {
        let of_bedrock = |statement: &&Statement| statement.actions.iter().any(|action| action.starts_with("bedrock:"));
        let allowed: Vec<Statement> = given.statements.iter().filter(of_bedrock).cloned().collect();
        assert_eq!(allowed.len(), usize::from(ports_of(&function).contains("LanguageModel")), "{function}");
        for statement in allowed {
            assert_eq!(Vec::from_iter(&statement.actions), ["bedrock:InvokeModel"], "{function}");
            assert_eq!(statement.resources, ["BedrockModelArns"], "{function}");
        }
    }
}

/// The variables that `read` looks up, given those of the template.
fn looked_up<T, E: Debug>(
    function: &'static str,
    read: impl FnOnce(&dyn Fn(&str) -> Option<String>) -> Result<T, E>,
) -> (&'static str, BTreeSet<String>) {
    let given = FACTS.template.functions()[function].variables.clone();
    let asked = RefCell::new(BTreeSet::new());
    let lookup = |variable: &str| {
        asked.borrow_mut().insert(variable.to_owned());
        let value = match variable {
            "AWS_LAMBDA_FUNCTION_NAME" => Some(function.to_owned()),
            // The template's own are empty: no application.
            "DISCORD_PUBLIC_KEY" => Some("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a".to_owned()),
            "DISCORD_APPLICATION_ID" => Some("1".to_owned()),
            _ => None,
        };
        value.or_else(|| given.get(variable).map(|value| FACTS.template.resolved(value)))
    };
    read(&lookup).unwrap();
    (function, asked.into_inner())
}

fn looked_up_by_all() -> Vec<(&'static str, BTreeSet<String>)> {
    vec![
        looked_up("ingest_messages", |lookup| IngestMessagesConfig::read(lookup)),
        looked_up("daily_summary", |lookup| DailySummaryConfig::read(lookup)),
        looked_up("get_memories", |lookup| GetMemoriesConfig::read(lookup)),
        looked_up("people", |lookup| PeopleConfig::read(lookup)),
        looked_up("interactions", |lookup| InteractionsConfig::read(lookup)),
        looked_up("respond", |lookup| RespondConfig::read(lookup)),
        looked_up("sync_messages", |lookup| SyncMessagesConfig::read(lookup)),
    ]
}

/// What the log subscriber reads, before any configuration.
fn of_logs() -> BTreeSet<String> {
    let of_metrics = ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "METRICS_NAMESPACE"];
    ["AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_LEVEL"].into_iter().chain(of_metrics).map(str::to_owned).collect()
}

#[test]
fn the_variables_of_the_template_are_those_of_the_code() {
    // For laptops and tests; a deployed function has its key from SSM and Google's API.
    // Its own name, memory and region Lambda itself sets.
    let not_deployed = [
        "GEMINI_API_KEY",
        "GEMINI_BASE_URL",
        "OPENAI_API_KEY",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_REGION",
        "DISCORD_BOT_TOKEN",
        "DISCORD_BASE_URL",
    ];
    let not_deployed = BTreeSet::from(not_deployed.map(str::to_owned));
    for (function, read) in looked_up_by_all() {
        let given: BTreeSet<String> = FACTS.template.functions()[function].variables.keys().cloned().collect();
        assert_eq!(&(&read | &of_logs()) - &not_deployed, given, "{function}");
    }
}

#[test]
fn the_variables_that_are_found_in_the_code_are_those_it_looks_up() {
    for (function, read) in looked_up_by_all() {
        assert_eq!(FACTS.variables[function], &read | &of_logs(), "{function}");
    }
}
