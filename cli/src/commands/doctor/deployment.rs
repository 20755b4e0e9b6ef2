//! What is deployed: the functions as Lambda describes them, and what their variables say.

use std::collections::BTreeMap;

use guild_memory::{
    config::{
        ConfigError, DailySummaryConfig, DiscordConfig, GetMemoriesConfig, IngestMessagesConfig, InteractionsConfig,
        PeopleConfig, RespondConfig, SyncMessagesConfig,
    },
    domain::{ApplicationId, GuildId},
};

use super::finding::{Asked, Trouble};

/// The functions, by the names of their binaries.
pub(super) const FUNCTIONS: [&str; 7] =
    ["ingest_messages", "daily_summary", "get_memories", "people", "sync_messages", "interactions", "respond"];
/// Those that are there only where commands of Discord's are answered.
pub(super) const OF_DISCORD: [&str; 2] = ["interactions", "respond"];
/// Keys that a developer sets in place of the names of parameters.
const KEYS: [&str; 3] = ["GEMINI_API_KEY", "OPENAI_API_KEY", "DISCORD_BOT_TOKEN"];

/// A function as Lambda describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Function {
    /// Its name there.
    pub(super) name: String,
    /// Whether it can be invoked.
    pub(super) state: String,
    /// What came of the last change.
    pub(super) last_update: String,
    pub(super) runtime: String,
    pub(super) architecture: String,
    pub(super) memory_mb: i32,
    pub(super) timeout_s: i32,
    /// When it was last changed, as far as it is said.
    pub(super) changed_at: Option<String>,
    /// The hash of its code, as far as it is said.
    pub(super) code: Option<String>,
    pub(super) environment: BTreeMap<String, String>,
}

/// The functions that were asked for, by the names of their binaries.
pub(super) type Functions = BTreeMap<&'static str, Asked<Function>>;

/// What the variables of the functions say; `None` where one is not there, or its variables are wrong.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub(super) memory_tables: Vec<String>,
    pub(super) messages_tables: Vec<String>,
    pub(super) summaries: Option<DailySummaryConfig>,
    pub(super) memories: Option<GetMemoriesConfig>,
    /// How Discord is reached, by whoever does so.
    pub(super) discord: Option<DiscordConfig>,
    /// The guilds that are read; `None` if nobody says it.
    pub(super) guilds: Option<Vec<GuildId>>,
    /// How many days a channel is read back that was never read.
    pub(super) backfill_days: u16,
    /// What interactions are checked with, as it is configured.
    pub(super) public_key: Option<String>,
    pub(super) application: Option<ApplicationId>,
    /// Functions whose variables are wrong.
    pub(super) wrong: Vec<(&'static str, ConfigError)>,
}

impl Settings {
    /// What the functions would read. A key that they have no parameter for may be one of `own`.
    pub(super) fn of(functions: &Functions, region: Option<&str>, own: impl Fn(&str) -> Option<String>) -> Self {
        let mut settings = Self::default();
        for (function, found) in functions {
            let Ok(Function { name, environment, .. }) = found else { continue };
            let lookup = |variable: &str| {
                let by_lambda = match variable {
                    "AWS_LAMBDA_FUNCTION_NAME" => Some(name.clone()),
                    "AWS_REGION" => region.map(str::to_owned),
                    _ => None,
                };
                let has_parameter = || environment.contains_key(&format!("{variable}_PARAMETER"));
                let of_developer = || own(variable).filter(|_| KEYS.contains(&variable) && !has_parameter());
                environment.get(variable).cloned().or(by_lambda).or_else(of_developer)
            };
            if let Err(error) = settings.note(function, lookup) {
                settings.wrong.push((function, error));
            }
            note_all(&mut settings.memory_tables, environment.get("MEMORY_TABLE"));
            note_all(&mut settings.messages_tables, environment.get("MESSAGES_TABLE"));
        }
        settings
    }

    fn note(&mut self, function: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<(), ConfigError> {
        match function {
            "ingest_messages" => drop(IngestMessagesConfig::read(lookup)?),
            "daily_summary" => self.summaries = Some(DailySummaryConfig::read(lookup)?),
            "get_memories" => self.memories = Some(GetMemoriesConfig::read(lookup)?),
            "people" => drop(PeopleConfig::read(lookup)?),
            "sync_messages" => {
                let config = SyncMessagesConfig::read(lookup)?;
                (self.guilds, self.backfill_days) = (Some(config.guilds), config.backfill_days);
                self.discord = Some(config.discord);
            }
            "interactions" => {
                self.public_key = lookup("DISCORD_PUBLIC_KEY");
                let config = InteractionsConfig::read(lookup)?;
                self.discord = self.discord.take().or(config.discord);
            }
            _ => {
                let config = RespondConfig::read(lookup)?;
                self.application = Some(config.application);
                self.discord = self.discord.take().or(Some(config.discord));
            }
        }
        Ok(())
    }
}

/// Whether commands of Discord's are to be answered: a function for it is there.
pub(super) fn answers_discord(functions: &Functions) -> bool {
    OF_DISCORD.iter().any(|function| !matches!(functions.get(function), None | Some(Err(Trouble::Absent))))
}

/// The logical id of a function in the template.
pub(super) fn logical_id(function: &str) -> String {
    let capital = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    };
    function.split('_').map(capital).collect::<String>() + "Function"
}

fn note_all(names: &mut Vec<String>, name: Option<&String>) {
    if let Some(name) = name.filter(|name| !names.contains(name)) {
        names.push(name.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_of_the_template_is_looked_at() {
        let template = local_cloud::Template::of_the_project().unwrap();
        let (mut known, mut deployed) = (FUNCTIONS.to_vec(), template.functions().collect::<Vec<_>>());
        known.sort_unstable();
        deployed.sort_unstable();
        assert_eq!(known, deployed);
    }

    #[test]
    fn a_function_is_found_by_its_logical_id() {
        assert_eq!(logical_id("ingest_messages"), "IngestMessagesFunction");
        assert_eq!(logical_id("people"), "PeopleFunction");
    }

    #[test]
    fn a_key_of_ones_own_is_used_where_functions_have_no_parameter() {
        let variables = |more: &[(&str, &str)]| {
            let all = [
                ("MEMORY_TABLE", "Memory"),
                ("MESSAGES_TABLE", "Messages"),
                ("DAILY_SUMMARY_FUNCTION", "d"),
                ("GET_MEMORIES_FUNCTION", "g"),
                ("SUMMARY_MODELS", "gemini:a"),
            ];
            all.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let of = |more: &[(&str, &str)]| {
            let sync = Function { environment: variables(more), ..Function::default() };
            Settings::of(&[("sync_messages", Ok(sync))].into(), None, |_| Some("own".to_owned()))
        };
        let source = |settings: Settings| format!("{:?}", settings.discord.unwrap().bot_token);
        assert!(source(of(&[])).starts_with("Value"));
        assert!(source(of(&[("DISCORD_BOT_TOKEN_PARAMETER", "/token")])).contains("/token"));
        assert_eq!(of(&[]).memory_tables, ["Memory"]);
        let wrong = of(&[("DISCORD_GUILDS", "x")]).wrong;
        assert_eq!((wrong[0].0, wrong[0].1.variable), ("sync_messages", "DISCORD_GUILDS"));
    }
}
