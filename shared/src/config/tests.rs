use std::time::Duration;

use super::*;
use crate::domain::ModelReader;

fn with<'a>(changes: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    let base = [
        ("MEMORY_TABLE", "memory"),
        ("MESSAGES_TABLE", "messages"),
        ("DAILY_SUMMARY_FUNCTION", "daily_summary"),
        ("AWS_LAMBDA_FUNCTION_NAME", "get_memories"),
        ("SUMMARY_MODELS", "gemini:a, gemini:b"),
        ("MERGE_MODELS", "gemini:c"),
        ("GEMINI_API_KEY_PARAMETER", "/key"),
        ("RESPOND_FUNCTION", "respond"),
        ("GET_MEMORIES_FUNCTION", "get_memories"),
        ("INGEST_MESSAGES_FUNCTION", "ingest_messages"),
        ("PEOPLE_FUNCTION", "people"),
        ("DISCORD_PUBLIC_KEY", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
        ("DISCORD_APPLICATION_ID", "998100000000000001"),
        ("DISCORD_BOT_TOKEN_PARAMETER", "/token"),
    ];
    move |variable| {
        let found = changes.iter().chain(&base).find(|(name, _)| *name == variable);
        found.map(|(_, value)| (*value).to_owned())
    }
}

#[test]
fn everything_else_has_a_default() {
    let config = DailySummaryConfig::read(with(&[])).unwrap();
    assert_eq!(config.models.chain.iter().map(|model| model.name.name()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!((config.chunks.messages, config.chunks.tokens), (800, 60_000));
    assert_eq!((config.open_day_ttl.as_secs(), config.settle.as_secs()), (3600, 1200));
    let memories = GetMemoriesConfig::read(with(&[])).unwrap();
    assert_eq!((memories.calendar.history_days, memories.merge_batch.get()), (6, 1));
    assert_eq!(IngestMessagesConfig::read(with(&[])).unwrap().retention.days, 30);
    assert_eq!(PeopleConfig::read(with(&[])).unwrap().memory_table, "memory");
}

#[test]
fn a_wrong_value_is_refused_by_the_name_of_its_variable() {
    let wrong = [
        ("MEMORY_TABLE", " ", "is missing"),
        ("SUMMARY_MODELS", "gemini:a,", "such as gemini:"),
        ("SUMMARY_MODELS", "gpt:x", "such as gemini:"),
        ("SUMMARY_MODELS", "gemini:a/b", "such as gemini:"),
        ("SUMMARY_MODELS", "gemini:a?json=maybe", "the option json of gemini:a must be schema, object or off"),
        ("SUMMARY_MODELS", "gemini:a?rpm=0", "the option rpm of gemini:a must be a whole number above 0"),
        ("SUMMARY_MODELS", "gemini:a?parallel=0", "the option parallel of gemini:a must be a whole number above 0"),
        ("SUMMARY_MODELS", "gemini:a?timeout=1.5", "the option timeout of gemini:a must be a whole number of seconds"),
        ("SUMMARY_MODELS", "gemini:a?timeout=601", "from 1 to 600"),
        ("SUMMARY_MODELS", "gemini:a?temprature=1", "option that does not exist; there are json, "),
        ("SUMMARY_MODELS", "openai:a?safety=OFF", "safety (gemini only)"),
        ("MAX_BATCH_MESSAGES", "0", "from 1 to 100000"),
        ("GEMINI_API_KEY_PARAMETER", "", "is missing"),
        ("GEMINI_BASE_URL", "localhost:8000", "http or https URL"),
        ("GEMINI_BASE_URL", "https://gateway.example/v1?key=1", "a URL without ? and #"),
        ("SUMMARY_MODELS", "gemini:gemini-3.8-flash?thinking=minimal", "must be one word that this model takes"),
        ("SUMMARY_MODELS", "gemini:a?tokens=max_tokens", "option that does not exist"),
        ("SUMMARY_MODELS", "bedrock:a?json=object", "for bedrock: schema or off"),
        ("SUMMARY_MODELS", "bedrock:a?tokens=max_tokens", "option that does not exist"),
        ("MODEL_TIMEOUT_MS", "soon", "from 1 to 600000"),
        ("SETTLE_SECONDS", "-1", "from 0 to 43200"),
        ("CURRENT_DAY_TTL_SECONDS", "0", "from 1 to 86400"),
    ];
    for (variable, value, problem) in wrong {
        let error = DailySummaryConfig::read(with(&[(variable, value)])).unwrap_err();
        assert_eq!(error.variable, variable);
        assert!(error.to_string().contains(problem), "{error}");
    }
}

#[test]
fn a_model_has_options_and_a_budget() {
    let chain = "gemini:a?thinking=low&safety=BLOCK_ONLY_HIGH&rpm=10&rpd=20, openai:owner/b:free?json=off&temperature=0.4&max_output=900&tpm=1&tpd=2";
    let models = [("SUMMARY_MODELS", chain), ("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")];
    let config = DailySummaryConfig::read(with(&models)).unwrap().models;
    let [a, b] = config.chain.try_into().unwrap();
    assert_eq!((a.name.to_string(), b.name.to_string()), ("gemini:a".to_owned(), "openai:owner/b:free".to_owned()));
    assert_eq!((a.options.thinking.as_deref(), a.options.safety.as_deref()), (Some("low"), Some("BLOCK_ONLY_HIGH")));
    assert_eq!((a.budget.requests_per_minute, a.budget.requests_per_day), (Some(10), Some(20)));
    assert_eq!((b.options.json, b.options.temperature, b.options.max_output), (JsonForm::Off, Some(0.4), Some(900)));
    assert_eq!((b.budget.tokens_per_minute, b.budget.tokens_per_day), (Some(1), Some(2)));
    assert!(config.openai.unwrap().key.is_none(), "a server of one's own wants no key");
}

#[test]
fn rule_34_a_model_says_how_many_calls_it_answers_at_a_time_and_how_long_one_may_take() {
    let model = |text: &str| text.parse::<ModelConfig>().unwrap();
    let own = model("openai:qwen3?parallel=1&timeout=90");
    assert_eq!((own.parallel.map(|parallel| parallel.get()), own.timeout), (Some(1), Some(Duration::from_secs(90))));
    let usual = model("openai:qwen3");
    assert_eq!((usual.parallel, usual.timeout), (None, None));
}

#[test]
fn gemma_gets_neither_json_mode_nor_a_system_instruction_unless_it_is_configured() {
    let options = |text: &str| text.parse::<ModelConfig>().unwrap().options;
    let told = |options: ModelOptions| (options.json, options.system);
    assert_eq!(told(options("gemini:gemma-4-31b-it")), (JsonForm::Off, false));
    assert_eq!(told(options("gemini:gemma-4-31b-it?system=on")), (JsonForm::Off, true));
    assert_eq!(told(options("gemini:a?json=object")), (JsonForm::Object, true));
    assert_eq!(
        told(options("openai:gemma3:4b?json=on")),
        (JsonForm::Schema, true),
        "there it is the server's business"
    );
}

#[test]
fn a_model_needs_what_reaches_it() {
    let missing = |changes: &[(&str, &str)]| DailySummaryConfig::read(with(changes)).unwrap_err().variable;
    assert_eq!(missing(&[("SUMMARY_MODELS", "openai:a")]), "OPENAI_BASE_URL");
    assert_eq!(missing(&[("SUMMARY_MODELS", "openai:a"), ("OPENAI_BASE_URL", "ftp://x")]), "OPENAI_BASE_URL");
    assert_eq!(missing(&[("GEMINI_API_KEY_PARAMETER", "")]), "GEMINI_API_KEY_PARAMETER");
    let without_gemini = [
        ("SUMMARY_MODELS", "openai:a"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:1/v1"),
        ("GEMINI_API_KEY_PARAMETER", ""),
    ];
    assert!(DailySummaryConfig::read(with(&without_gemini)).unwrap().models.gemini.is_none());
}

#[test]
fn bedrock_needs_no_key_and_its_ids_are_names_whatever_is_in_them() {
    const ARN: &str = "bedrock:arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/a1b2";
    let chain = format!("bedrock:eu.amazon.nova-lite-v1:0?json=schema&rpm=5,{ARN}");
    let config = [("SUMMARY_MODELS", &*chain), ("GEMINI_API_KEY_PARAMETER", "")];
    let config = DailySummaryConfig::read(with(&config)).unwrap().models;
    assert!(config.gemini.is_none() && config.openai.is_none());
    let [profile, arn] = config.chain.try_into().unwrap();
    assert_eq!((profile.name.name(), profile.options.json), ("eu.amazon.nova-lite-v1:0", JsonForm::Schema));
    assert_eq!((arn.name.to_string().as_str(), arn.options.json), (ARN, JsonForm::Off));
    assert!(!arn.is_unpaid());
}

#[test]
fn messages_are_kept_longer_than_the_window() {
    let error = IngestMessagesConfig::read(with(&[("HISTORY_DAYS", "13"), ("MESSAGE_RETENTION_DAYS", "14")]));
    assert_eq!(error.unwrap_err().variable, "MESSAGE_RETENTION_DAYS");
    let enough = [("HISTORY_DAYS", "13"), ("MESSAGE_RETENTION_DAYS", "15")];
    assert!(IngestMessagesConfig::read(with(&enough)).is_ok());
}

#[test]
fn rule_46_summaries_have_no_end_or_one_after_the_window() {
    let days = |days: &'static str| DailySummaryConfig::read(with(&[("SUMMARY_RETENTION_DAYS", days)]));
    assert_eq!(DailySummaryConfig::read(with(&[])).unwrap().summary_retention.days(), None);
    assert_eq!(days("0").unwrap().summary_retention.days(), None);
    assert_eq!(days("7").unwrap().summary_retention.days(), Some(7));
    let error = days("6").unwrap_err().to_string();
    assert!(
        error.contains("SUMMARY_RETENTION_DAYS: must be 0, for no end, or a whole number from 7 to 3650"),
        "{error}"
    );
    let window = [("HISTORY_DAYS", "13"), ("SUMMARY_RETENTION_DAYS", "13")];
    assert_eq!(PeopleConfig::read(with(&window)).unwrap_err().variable, "SUMMARY_RETENTION_DAYS");
    let said = InteractionsConfig::read(with(&[("SUMMARY_RETENTION_DAYS", "90")])).unwrap().handling;
    assert_eq!(said.summary_retention.days(), Some(90));
}

#[test]
fn rule_30_a_guild_that_is_read_is_one_that_is_allowed() {
    let both = |read: &'static str, allowed: &'static str| [("DISCORD_GUILDS", read), ("ALLOWED_GUILDS", allowed)];
    let config = IngestMessagesConfig::read(with(&both("1, 2", "2,1,3"))).unwrap();
    assert_eq!(config.discord_guilds, ["1", "2"].map(|guild| guild.parse().unwrap()).into());
    assert!(SyncMessagesConfig::read(with(&both("1,2", ""))).is_ok(), "any guild is allowed");
    for error in [
        SyncMessagesConfig::read(with(&both("1,4", "1,2"))).unwrap_err(),
        IngestMessagesConfig::read(with(&both("1,4", "1,2"))).unwrap_err(),
    ] {
        assert_eq!((error.variable, error.problem.as_str()), ("DISCORD_GUILDS", "4 is not one of ALLOWED_GUILDS"));
    }
    let error = PeopleConfig::read(with(&[("ALLOWED_GUILDS", "1;2")])).unwrap_err();
    assert_eq!(
        (error.variable, error.problem.as_str()),
        ("ALLOWED_GUILDS", "must be the ids of guilds, separated by commas")
    );
}

#[test]
fn what_discord_gave_is_checked() {
    assert_eq!(InteractionsConfig::read(with(&[])).unwrap().calendar.history_days, 6);
    let allowed = with(&[("ALLOWED_GUILDS", "1, 2")]);
    let allowed = InteractionsConfig::read(allowed).unwrap().allowed_guilds;
    assert!(allowed.allow("2".parse().unwrap()) && !allowed.allow("3".parse().unwrap()));
    let error = RespondConfig::read(with(&[("ALLOWED_GUILDS", "everywhere")])).unwrap_err();
    assert_eq!(error.variable, "ALLOWED_GUILDS");
    assert_eq!(RespondConfig::read(with(&[])).unwrap().application.get(), 998100000000000001);
    for key in ["", "d75a", "not a key"] {
        let error = InteractionsConfig::read(with(&[("DISCORD_PUBLIC_KEY", key)])).unwrap_err();
        assert_eq!(error.variable, "DISCORD_PUBLIC_KEY");
    }
    let error = RespondConfig::read(with(&[("DISCORD_APPLICATION_ID", "guild-memory")])).unwrap_err();
    assert!(error.to_string().contains("not a snowflake"), "{error}");
}

#[test]
fn rule_43_who_reads_what_people_wrote_is_who_is_configured() {
    let readers = |changes: &[(&str, &str)]| InteractionsConfig::read(with(changes)).unwrap().handling.readers;
    assert_eq!(Vec::from_iter(readers(&[])), [ModelReader::Gemini]);
    let server = |host: &str| ModelReader::Server(host.to_owned());
    let chains = [
        ("SUMMARY_MODELS", "bedrock:a,openai:b"),
        ("MERGE_MODELS", "none"),
        ("OPENAI_BASE_URL", "https://me:hush@models.example/secret/v1"),
    ];
    assert_eq!(Vec::from_iter(readers(&chains)), [ModelReader::Bedrock, server("models.example")]);
    assert_eq!(Vec::from_iter(readers(&[("GEMINI_BASE_URL", "http://127.0.0.1:9")])), [server("127.0.0.1")]);
    let error = InteractionsConfig::read(with(&[("MERGE_MODELS", "openai:b")])).unwrap_err();
    assert_eq!((error.variable, error.problem.as_str()), ("OPENAI_BASE_URL", "is missing"));
}

#[test]
fn rule_43_the_region_and_the_contact_are_those_of_the_deployment() {
    let nothing_said = InteractionsConfig::read(with(&[])).unwrap().handling;
    assert_eq!((nothing_said.region, nothing_said.contact, nothing_said.retention.days), (None, None, 30));
    let said = [("AWS_REGION", "eu-central-1"), ("PRIVACY_CONTACT", " privacy@example.org ")];
    let said = InteractionsConfig::read(with(&said)).unwrap().handling;
    assert_eq!((said.region.as_deref(), said.contact.as_deref()), (Some("eu-central-1"), Some("privacy@example.org")));
}

#[test]
fn rule_21_a_key_is_never_shown() {
    let config = DailySummaryConfig::read(with(&[("GEMINI_API_KEY", "hush")])).unwrap();
    assert!(!format!("{config:?}").contains("hush"));
    let KeySource::Value(key) = config.models.gemini.unwrap().key else { panic!("the value comes first") };
    assert_eq!(key.expose(), "hush");
}
