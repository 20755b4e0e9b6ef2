use super::*;
use crate::Options;

const TOKEN: (&str, &str) = ("DISCORD_BOT_TOKEN", "t");

fn settings(given: &[(&str, &str)]) -> Result<Settings> {
    let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::of(&Template::of_the_project().unwrap(), given)
}

fn environment(given: &[(&str, &str)]) -> (LocalCloud, BTreeMap<String, String>) {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let environment = settings(given).unwrap().environment(&cloud);
    (cloud, environment)
}

#[test]
fn all_functions_together_get_what_each_of_them_needs() {
    let (cloud, environment) = environment(&[("MERGE_MODELS", "openai:x")]);
    assert_eq!(environment["MESSAGES_TABLE"], "MessagesTable");
    assert_eq!(environment["DAILY_SUMMARY_FUNCTION"], "daily_summary");
    assert_eq!(environment["GEMINI_BASE_URL"], cloud.url());
    assert_eq!(environment["OPENAI_BASE_URL"], format!("{}/v1", cloud.url()));
    assert_eq!(environment["MERGE_MODELS"], "openai:x");
    assert_eq!(environment["OTEL_EXPORTER_OTLP_ENDPOINT"], format!("{}/otlp", cloud.url()));
}

#[test]
fn who_has_a_collector_of_their_own_is_told_where_time_went() {
    let own = "http://127.0.0.1:4318";
    let (_cloud, environment) = environment(&[("OTEL_EXPORTER_OTLP_ENDPOINT", own)]);
    assert_eq!(environment["OTEL_EXPORTER_OTLP_ENDPOINT"], own);
}

#[test]
fn whatever_a_function_reads_is_passed_on_and_nothing_else() {
    let given = [("DISCORD_GUILDS", "5"), ("HISTORY_DAYS", "3"), ("LOG", "x"), ("SETTLE_SECONDS", " ")];
    let passed_on = settings(&given).unwrap();
    assert_eq!(passed_on.passed_on().collect::<Vec<_>>(), ["DISCORD_GUILDS", "HISTORY_DAYS"]);
    let (_cloud, environment) = environment(&given);
    assert_eq!((environment["DISCORD_GUILDS"].as_str(), environment["HISTORY_DAYS"].as_str()), ("5", "3"));
    assert_eq!(environment["SETTLE_SECONDS"], "1200");
    assert!(!environment.contains_key("LOG"));
}

#[test]
fn every_number_and_list_of_the_template_can_be_set() {
    let template = Template::of_the_project().unwrap();
    let made = |name: &String| MADE.iter().any(|end| name.ends_with(end));
    let names: Vec<_> = known(&template).into_iter().filter(|name| !made(name)).collect();
    let passed_on = Settings::of(&template, names.iter().map(|name| (name.clone(), "1".to_owned()))).unwrap();
    assert_eq!(passed_on.passed_on().collect::<Vec<_>>(), names);
}

#[test]
fn what_the_local_cloud_has_itself_is_left_out_with_the_reason() {
    let given = [("MEMORY_TABLE", "mine"), ("OPENAI_API_KEY", "k"), ("GEMINI_BASE_URL", "http://x")];
    let settings = settings(&given).unwrap();
    assert_eq!(settings.passed_on().count(), 0);
    let expected = [
        ("GEMINI_BASE_URL", "it needs GEMINI_API_KEY"),
        ("MEMORY_TABLE", "the local cloud has its own"),
        ("OPENAI_API_KEY", "it needs OPENAI_BASE_URL"),
    ];
    assert_eq!(settings.left_out().collect::<Vec<_>>(), expected);
}

#[test]
fn a_misspelled_name_is_refused_and_the_right_one_named() {
    let refusal = |name: &str| settings(&[(name, "1")]).unwrap_err().to_string();
    assert_eq!(refusal("HISTORY_DAY"), "HISTORY_DAY is set, and no function reads it: is HISTORY_DAYS meant?");
    assert!(refusal("DISCORD_GIULDS").contains("is DISCORD_GUILDS meant?"));
    assert!(settings(&[("HOME", "/"), ("HISTSIZE", "5")]).is_ok());
    assert!(settings(&[("GEMINI_API_KEY", "k"), ("GEMINI_API_KEY_2", "k")]).is_ok(), "the right one is there, too");
}

#[test]
fn an_application_of_ones_own_is_at_the_real_discord() {
    let own = [("DISCORD_PUBLIC_KEY", "k"), ("DISCORD_APPLICATION_ID", "5"), TOKEN];
    let (_cloud, environment) = environment(&own);
    assert_eq!((environment["DISCORD_PUBLIC_KEY"].as_str(), environment["DISCORD_BOT_TOKEN"].as_str()), ("k", "t"));
    assert!(!environment.contains_key("DISCORD_BASE_URL"));
    assert!(settings(&[TOKEN]).unwrap().is_real_discord(), "to read what was written, a token is enough");
}

#[test]
fn an_application_that_lacks_something_is_refused() {
    let refusal = |given: &[(&str, &str)]| settings(given).unwrap_err().to_string();
    assert!(refusal(&[("DISCORD_PUBLIC_KEY", "k"), ("DISCORD_APPLICATION_ID", "5")]).contains("DISCORD_BOT_TOKEN"));
    assert!(refusal(&[("DISCORD_PUBLIC_KEY", "k"), TOKEN]).contains("DISCORD_APPLICATION_ID belong together"));
}

#[test]
fn a_model_is_real_if_its_api_can_be_reached() {
    let real = |given| {
        let settings = settings(given).unwrap();
        assert!(!settings.is_real("bedrock:openai.a-1:0"), "here nobody has credentials");
        (settings.is_real("gemini:a"), settings.is_real("openai:a"))
    };
    assert_eq!(real(&[]), (false, false));
    assert_eq!(real(&[("GEMINI_API_KEY", ""), ("OPENAI_API_KEY", "k")]), (false, false));
    assert_eq!(real(&[("GEMINI_API_KEY", "k")]), (true, false));
    assert_eq!(real(&[("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")]), (false, true));
}

#[test]
fn a_real_model_is_not_sent_to_the_stand_in() {
    let (_cloud, gemini) = environment(&[("GEMINI_API_KEY", "k")]);
    assert!(!gemini.contains_key("GEMINI_BASE_URL") && !gemini.contains_key("GEMINI_API_KEY_PARAMETER"));
    let (cloud, openai) = environment(&[("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")]);
    assert_eq!(openai["OPENAI_BASE_URL"], "http://127.0.0.1:11434/v1");
    assert_eq!(openai["GEMINI_BASE_URL"], cloud.url());
}
