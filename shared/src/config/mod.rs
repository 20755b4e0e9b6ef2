//! What each function reads from its environment. A wrong value stops the function at init, and says which one it is.
//!
//! Every constructor takes a lookup, so that no test needs the environment of the process.

mod daily_summary;
mod discord;
mod get_memories;
mod ingest_messages;
mod interactions;
mod models;
mod people;
mod respond;
mod sync_messages;
mod variables;

pub use daily_summary::DailySummaryConfig;
pub use discord::DiscordConfig;
pub use get_memories::GetMemoriesConfig;
pub use ingest_messages::IngestMessagesConfig;
pub use interactions::InteractionsConfig;
pub use models::{ApiKey, KeySource, ModelName, ModelsConfig};
pub use people::PeopleConfig;
pub use respond::RespondConfig;
pub use sync_messages::SyncMessagesConfig;

/// A variable that is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("environment variable {variable}: {problem}")]
pub struct ConfigError {
    /// Its name.
    pub variable: &'static str,
    /// What is wrong with it, without its value.
    pub problem: String,
}

/// Looks a variable up in the environment of the process.
pub fn environment(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(config.models.chain.iter().map(ModelName::name).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((config.open_day_ttl.as_secs(), config.settle.as_secs()), (3600, 1200));
        assert_eq!(GetMemoriesConfig::read(with(&[])).unwrap().calendar.history_days, 6);
        assert_eq!(IngestMessagesConfig::read(with(&[])).unwrap().retention.days, 30);
        assert_eq!(PeopleConfig::read(with(&[])).unwrap().memory_table, "memory");
    }

    #[test]
    fn a_wrong_value_is_refused_by_the_name_of_its_variable() {
        let wrong = [
            ("MEMORY_TABLE", " ", "is missing"),
            ("SUMMARY_MODELS", "gemini:a,", "such as gemini:"),
            ("SUMMARY_MODELS", "gpt:x", "such as gemini:"),
            ("GEMINI_API_KEY_PARAMETER", "", "is missing"),
            ("GEMINI_BASE_URL", "localhost:8000", "http or https URL"),
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
    fn messages_are_kept_longer_than_the_window() {
        let error = IngestMessagesConfig::read(with(&[("HISTORY_DAYS", "13"), ("MESSAGE_RETENTION_DAYS", "14")]));
        assert_eq!(error.unwrap_err().variable, "MESSAGE_RETENTION_DAYS");
        let enough = [("HISTORY_DAYS", "13"), ("MESSAGE_RETENTION_DAYS", "15")];
        assert!(IngestMessagesConfig::read(with(&enough)).is_ok());
    }

    #[test]
    fn what_discord_gave_is_checked() {
        assert_eq!(InteractionsConfig::read(with(&[])).unwrap().calendar.history_days, 6);
        assert_eq!(RespondConfig::read(with(&[])).unwrap().application.get(), 998100000000000001);
        for key in ["", "d75a", "not a key"] {
            let error = InteractionsConfig::read(with(&[("DISCORD_PUBLIC_KEY", key)])).unwrap_err();
            assert_eq!(error.variable, "DISCORD_PUBLIC_KEY");
        }
        let error = RespondConfig::read(with(&[("DISCORD_APPLICATION_ID", "guild-memory")])).unwrap_err();
        assert!(error.to_string().contains("not a snowflake"), "{error}");
    }

    #[test]
    fn rule_21_a_key_is_never_shown() {
        let config = DailySummaryConfig::read(with(&[("GEMINI_API_KEY", "hush")])).unwrap();
        assert!(!format!("{config:?}").contains("hush"));
        let KeySource::Value(key) = config.models.gemini_key else { panic!("the value comes first") };
        assert_eq!(key.expose(), "hush");
    }
}
