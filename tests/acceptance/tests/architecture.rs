//! Holds the invariants that ARCHITECTURE.md names.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use guild_memory::{
    adapters::{dynamodb::keys, lambda::CALL_TIMEOUT},
    app::respond::LONGEST_WAIT,
    config::{
        DailySummaryConfig, GetMemoriesConfig, IngestMessagesConfig, InteractionsConfig, PeopleConfig, RespondConfig,
        SyncMessagesConfig,
    },
};
use local_cloud::{Template, workspace_root};
use serde_yaml_ng::Value;

fn rust_files(folder: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    collect(&workspace_root().join(folder), &mut files);
    assert!(!files.is_empty(), "{folder} has no files");
    files
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            files.push((path, source));
        }
    }
}

/// The code of a file without its tests and comments.
fn code(source: &str) -> String {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn assert_absent(folder: &str, words: &[&str]) {
    for (path, source) in rust_files(folder) {
        if path.ends_with("tests.rs") {
            continue;
        }
        let code = code(&source);
        for word in words {
            assert!(!code.contains(word), "{} must not say {word}", path.display());
        }
    }
}

#[test]
fn domain_has_no_async_no_clock_no_io_and_no_sdk() {
    let words = ["async ", "await", "::now()", "tokio", "aws_", "reqwest", "std::env", "std::fs", "tracing"];
    assert_absent("shared/src/domain", &words);
    assert_absent("shared/src/domain", &["app::", "ports::", "adapters::", "config::"]);
}

#[test]
fn app_knows_ports_and_domain_only() {
    assert_absent("shared/src/app", &["adapters::", "config::", "aws_", "reqwest", "lambda_runtime"]);
    assert_absent("shared/src/app", &["Timestamp::now", "std::env"]);
}

#[test]
fn no_adapter_knows_a_use_case() {
    assert_absent("shared/src/adapters", &["app::"]);
    assert_absent("shared/src/ports", &["app::", "adapters::", "config::"]);
}

#[test]
fn the_contract_knows_the_domain_only() {
    let words = ["async ", "await", "::now()", "tokio", "aws_", "reqwest", "std::env", "std::fs", "tracing"];
    assert_absent("shared/src/contract", &words);
    assert_absent("shared/src/contract", &["app::", "ports::", "adapters::", "config::", "discord::"]);
}

#[test]
fn the_language_of_discord_and_the_words_of_the_bot_are_pure() {
    let words = ["async ", "await", "::now()", "tokio", "aws_", "reqwest", "std::env", "std::fs", "tracing"];
    for folder in ["shared/src/discord", "shared/src/phrases"] {
        assert_absent(folder, &words);
        assert_absent(folder, &["app::", "ports::", "adapters::", "config::"]);
    }
}

#[test]
fn only_main_knows_both_sides() {
    for (path, source) in rust_files("functions") {
        let is_main = path.ends_with("main.rs");
        assert!(is_main || !code(&source).contains("adapters"), "{} names an adapter", path.display());
        assert!(is_main || !code(&source).contains("config"), "{} reads configuration", path.display());
    }
}

#[test]
fn get_memories_cannot_read_messages() {
    assert_absent("functions/get_memories", &["MessagesTable", "ReadMessages", "WriteMessages", "MESSAGES_TABLE"]);
    let build_memories = fs::read_to_string(workspace_root().join("shared/src/app/build_memories.rs")).unwrap();
    for code in rust_files("shared/src/app/build_memories").into_iter().map(|(_, code)| code).chain([build_memories]) {
        assert!(!code.contains("ReadMessages") && !code.contains("WriteMessages"));
    }
    let statements = serde_yaml_ng::to_string(resource("GetMemoriesFunction")).unwrap();
    assert!(statements.contains("MemoryTable") && !statements.contains("MessagesTable"));
}

#[test]
fn respond_can_read_where_something_was_written_and_not_what() {
    assert_absent("functions/respond", &["ReadMessages", "WriteMessages"]);
    let statements = resource("RespondFunction")["Properties"]["Policies"][0]["Statement"].as_sequence().unwrap();
    let of_messages = |one: &&Value| serde_yaml_ng::to_string(one).unwrap().contains("MessagesTable");
    let allowed: Vec<&Value> = statements.iter().filter(of_messages).collect();
    assert_eq!((allowed.len(), &allowed[0]["Action"][0]), (1, &Value::from("dynamodb:Query")));
    let condition = serde_yaml_ng::to_string(&allowed[0]["Condition"]).unwrap();
    assert!(
        condition.contains("SPECIFIC_ATTRIBUTES") && condition.contains("channel") && !condition.contains("content")
    );
}

#[test]
fn key_strings_are_in_keys_only() {
    let fragments = [
        "\"G#",
        "#DAYS",
        "#LEDGER",
        "#SUMMARY",
        "PART#",
        "CHUNK#",
        "\"PERSON",
        "\"MEMORY\"",
        "#P#",
        "#DAY#",
        "\"SETTINGS",
        "INTERACTION#",
        "CHANNEL#",
    ];
    for folder in ["shared/src", "functions"] {
        for (path, source) in rust_files(folder) {
            let is_keys = path.ends_with("dynamodb/keys.rs");
            for fragment in fragments {
                assert!(is_keys || !code(&source).contains(fragment), "{} makes keys: {fragment}", path.display());
            }
        }
    }
}

#[test]
fn no_model_name_is_in_the_code() {
    for folder in ["shared/src", "functions"] {
        for (path, source) in rust_files(folder) {
            let names_a_model = code(&source).match_indices("gemini-").any(|(at, _)| {
                code(&source)[at + 7..].starts_with(|c: char| c.is_ascii_digit())
                    && !path.ends_with("config/models/model.rs")
            });
            assert!(!names_a_model, "{} names a model", path.display());
        }
    }
}

fn template() -> &'static Value {
    static TEMPLATE: std::sync::OnceLock<Value> = std::sync::OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let text = fs::read_to_string(workspace_root().join("template.yaml")).unwrap();
        serde_yaml_ng::from_str(&text).unwrap()
    })
}

fn resource(name: &str) -> &'static Value {
    &template()["Resources"][name]
}

#[test]
fn the_tables_of_the_template_are_those_of_the_code() {
    for table in ["MemoryTable", "MessagesTable"] {
        let properties = &resource(table)["Properties"];
        assert_eq!(properties["KeySchema"][0]["AttributeName"], keys::PARTITION_KEY);
        assert_eq!(properties["KeySchema"][1]["AttributeName"], keys::SORT_KEY);
        assert_eq!(properties["TimeToLiveSpecification"]["AttributeName"], "expires_at");
        assert_eq!(properties["TimeToLiveSpecification"]["Enabled"], true);
        assert_eq!(properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
        assert_eq!(properties["SSESpecification"]["SSEEnabled"], true);
        assert_eq!(properties["BillingMode"], "PAY_PER_REQUEST");
    }
}

/// The variables that `read` looks up, given those of the template.
fn variables_read<T, E: std::fmt::Debug>(
    function: &str,
    read: impl FnOnce(&dyn Fn(&str) -> Option<String>) -> Result<T, E>,
) -> BTreeSet<String> {
    let environment = Template::of_the_project().unwrap().environment(function);
    let looked_up = RefCell::new(BTreeSet::new());
    read(&|variable| {
        looked_up.borrow_mut().insert(variable.to_owned());
        let given = match variable {
            "AWS_LAMBDA_FUNCTION_NAME" => Some(function.to_owned()),
            // The template's own are empty: no application.
            "DISCORD_PUBLIC_KEY" => Some("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a".to_owned()),
            "DISCORD_APPLICATION_ID" => Some("1".to_owned()),
            _ => None,
        };
        given.or_else(|| environment.get(variable).cloned())
    })
    .unwrap();
    looked_up.into_inner()
}

#[test]
fn the_variables_of_the_template_are_those_of_the_code() {
    // For laptops and tests; a deployed function has its key from SSM and Google's API.
    // Its own name Lambda itself sets.
    let not_deployed = [
        "GEMINI_API_KEY",
        "GEMINI_BASE_URL",
        "OPENAI_API_KEY",
        "AWS_LAMBDA_FUNCTION_NAME",
        "DISCORD_BOT_TOKEN",
        "DISCORD_BASE_URL",
    ];
    let not_deployed = not_deployed.map(str::to_owned).into_iter().collect();
    let read = [
        ("ingest_messages", variables_read("ingest_messages", |lookup| IngestMessagesConfig::read(lookup))),
        ("daily_summary", variables_read("daily_summary", |lookup| DailySummaryConfig::read(lookup))),
        ("get_memories", variables_read("get_memories", |lookup| GetMemoriesConfig::read(lookup))),
        ("people", variables_read("people", |lookup| PeopleConfig::read(lookup))),
        ("interactions", variables_read("interactions", |lookup| InteractionsConfig::read(lookup))),
        ("respond", variables_read("respond", |lookup| RespondConfig::read(lookup))),
        ("sync_messages", variables_read("sync_messages", |lookup| SyncMessagesConfig::read(lookup))),
    ];
    for (function, read) in read {
        let deployed: BTreeSet<String> =
            Template::of_the_project().unwrap().environment(function).into_keys().collect();
        assert_eq!(read.difference(&not_deployed).cloned().collect::<BTreeSet<_>>(), deployed, "{function}");
    }
}

#[test]
fn timeouts_fit_into_each_other() {
    let seconds = |function: &str| resource(function)["Properties"]["Timeout"].as_u64().unwrap();
    let model_ms = template()["Parameters"]["ModelTimeoutMs"]["MaxValue"].as_u64().unwrap();
    assert!(model_ms + 5_000 <= seconds("DailySummaryFunction") * 1_000);
    assert!(seconds("DailySummaryFunction") * 1_000 + model_ms <= seconds("GetMemoriesFunction") * 1_000);
    assert!(seconds("DailySummaryFunction") < CALL_TIMEOUT.as_secs(), "its own error arrives first");
    assert!(LONGEST_WAIT + Duration::from_millis(500) < CALL_TIMEOUT, "what is ready is not thrown away");
    assert!(CALL_TIMEOUT < respond::TIMEOUT, "there is time to say what became of it");
    assert_eq!(seconds("DailySummaryFunction"), daily_summary::TIMEOUT.as_secs());
    assert_eq!(seconds("GetMemoriesFunction"), get_memories::TIMEOUT.as_secs());
    assert_eq!(seconds("RespondFunction"), respond::TIMEOUT.as_secs());
    assert_eq!(seconds("SyncMessagesFunction"), sync_messages::TIMEOUT.as_secs());
    let schedule = &resource("SyncMessagesFunction")["Properties"]["Events"]["EveryTenMinutes"]["Properties"];
    assert_eq!(schedule["Schedule"], "rate(10 minutes)");
    assert!(sync_messages::TIMEOUT.as_secs() < 600, "no two runs meet");
}
