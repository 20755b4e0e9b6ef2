//! `guild-memory doctor`: whether everything a deployment needs is there and works, on one screen.

mod ask;
mod deployment;
mod finding;
mod judge;

use std::{collections::BTreeMap, process::ExitCode};

use anyhow::{Result, bail};
use aws_config::{Region, SdkConfig};
use clap::Args;
use futures::future::join_all;
use guild_memory::{
    adapters::{
        discord::Discord,
        dynamodb::MemoryTable,
        models::ConnectError,
        secrets::{Secret, SecretError},
    },
    config::{ApiKey, DiscordConfig, ModelsConfig},
    discord::definitions,
    domain::{Cooldown, GuildId},
    ports::DiscordError,
};
use jiff::Timestamp;

use crate::target::Target;
use deployment::{Functions, Settings, answers_discord};
use finding::{Finding, Trouble, are_fine, screen};
use judge::{
    application::{Expected, Seen, of_error},
    guild::{Guild, Look},
    models::Model,
};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The stack that is looked at
    #[arg(long, value_name = "NAME", default_value = "guild-memory")]
    stack: String,
    /// Calls no model: each call costs something
    #[arg(long)]
    no_models: bool,
    #[command(flatten)]
    target: Target,
}

/// Everybody that is asked.
struct Doctor<'a> {
    arguments: &'a Arguments,
    aws: &'a SdkConfig,
    functions: &'a Functions,
    settings: &'a Settings,
    now: Timestamp,
}

/// Succeeds if nothing is wrong, and nothing that was to be looked at stayed unknown.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let Arguments { stack, target, .. } = &arguments;
    let aws = target.config().await;
    target.check(&aws).await?;
    let is_local = target.local().is_some();
    let functions = ask::lambda::functions(&aws, (!is_local).then_some(stack.as_str())).await;
    let place = target.place(&aws);
    if let Some(why) = functions.values().find_map(silence).filter(|_| functions.values().all(Result::is_err)) {
        bail!("nothing answers at {place} ({why}); {}", target.when_nothing_answers());
    }
    let settings = Settings::of(&functions, aws.region().map(Region::as_ref), own);
    let doctor =
        Doctor { arguments: &arguments, aws: &aws, functions: &functions, settings: &settings, now: Timestamp::now() };
    let (tables, discord, models) = tokio::join!(doctor.tables(), doctor.discord(), doctor.models());
    let name = if is_local { "the local cloud".to_owned() } else { format!("stack {stack} ({place})") };
    let of_functions = judge::functions::judge(&functions, &name);
    let variables = judge::functions::judge_variables(&settings.wrong, is_local);
    let findings = [discord, of_functions, variables, tables, models].concat();
    let code = if are_fine(&findings) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    print!("{}", screen(findings));
    Ok(code)
}

fn silence<T>(found: &Result<T, Trouble>) -> Option<&str> {
    match found {
        Err(Trouble::Silent(why)) => Some(why),
        _ => None,
    }
}

/// A variable of the operator's own.
fn own(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Doctor<'_> {
    fn is_local(&self) -> bool {
        self.arguments.target.local().is_some()
    }

    async fn tables(&self) -> Vec<Finding> {
        let Settings { memory_tables, messages_tables, .. } = self.settings;
        let names: Vec<&String> = memory_tables.iter().chain(messages_tables).collect();
        let asked =
            names.iter().map(async |name| judge::tables::judge(name, &ask::tables::table(self.aws, name).await));
        let mut findings = join_all(asked).await.concat();
        for (variable, names) in [("MEMORY_TABLE", memory_tables), ("MESSAGES_TABLE", messages_tables)] {
            match names.len() {
                0 => findings.push(Finding::unknown(variable, "no function says it", "look at the functions first")),
                1 => {}
                _ => {
                    let found = format!("functions do not agree on it: {}", names.join(", "));
                    findings.push(Finding::wrong(variable, found, "run make deploy"));
                }
            }
        }
        findings
    }

    async fn discord(&self) -> Vec<Finding> {
        let answers = answers_discord(self.functions);
        let Some(guilds) = &self.settings.guilds else {
            let said = "sync_messages does not say which are read";
            return vec![Finding::unknown("guilds", said, "look at the functions first")];
        };
        let mut findings = Vec::new();
        if guilds.is_empty() {
            let advice = "to read some set DiscordGuilds: docs/messages-in.md";
            findings.push(Finding::note("guilds", "none is read from Discord", advice));
        }
        if guilds.is_empty() && !answers {
            return findings;
        }
        match self.connect().await {
            Ok((discord, note)) => {
                findings.extend(note);
                findings.extend(self.ask_discord(&discord, guilds, answers).await);
            }
            Err(finding) => {
                findings.extend([finding, unknown_application()]);
                let unknown =
                    |guild: &GuildId| Finding::unknown(format!("guild {guild}"), "nobody can look", "see token");
                findings.extend(guilds.iter().map(unknown));
            }
        }
        findings
    }

    /// Discord, with the token of the functions. Who may not read it can bring one of their own.
    async fn connect(&self) -> Result<(Discord, Option<Finding>), Finding> {
        let what = "token";
        let Some(DiscordConfig { bot_token, base_url }) = self.settings.discord.clone() else {
            return Err(Finding::unknown(what, "no function says where it is", "look at the functions first"));
        };
        let (secret, note) = match (Secret::read(bot_token, self.aws).await, own("DISCORD_BOT_TOKEN")) {
            (Ok(secret), _) => (secret, None),
            (Err(error), Some(own)) if !error.is_not_there() => {
                let key = ApiKey::new(&own).ok_or_else(|| of_secret(what, &error))?;
                let found = "DISCORD_BOT_TOKEN is looked at, not that of the functions: you may not read it";
                (key.into(), Some(Finding::unknown(what, found, "allow ssm:GetParameter to yourself")))
            }
            (Err(error), _) => return Err(of_secret(what, &error)),
        };
        let discord = Discord::new(base_url.as_deref())
            .map_err(|_| Finding::unknown(what, "HTTPS is not to be had", "are there certificates on this machine?"))?;
        Ok((discord.as_bot(secret).patient_for(ask::LIMIT), note))
    }

    async fn ask_discord(&self, discord: &Discord, guilds: &[GuildId], answers: bool) -> Vec<Finding> {
        let (seen, endpoint) = tokio::join!(ask::discord::application(discord), self.endpoint());
        let expected = Expected {
            application: self.settings.application,
            public_key: self.settings.public_key.clone(),
            endpoint,
            reads: !guilds.is_empty(),
            answers,
        };
        let mut findings = match &seen {
            Ok(seen) => judge::application::judge(seen, &expected),
            Err(error) => vec![of_error("token", error), unknown_application()],
        };
        let (commands, of_guilds) =
            tokio::join!(self.commands(discord, &seen, guilds, answers), self.guilds(discord, &seen, guilds));
        findings.extend(commands);
        findings.extend(of_guilds);
        findings
    }

    /// Where `interactions` is, if that can be known.
    async fn endpoint(&self) -> Option<Result<String, Trouble>> {
        let function = self.functions.get("interactions")?.as_ref().ok()?;
        if self.is_local() { None } else { Some(ask::lambda::url(self.aws, &function.name).await) }
    }

    async fn commands(
        &self,
        discord: &Discord,
        seen: &Result<Seen, DiscordError>,
        guilds: &[GuildId],
        answers: bool,
    ) -> Option<Finding> {
        let application = seen.as_ref().ok()?.application.id.filter(|_| answers)?;
        let registered = ask::discord::commands(discord, application, guilds).await;
        let finding = judge::commands::judge(&registered, &definitions());
        // Where Discord is played nobody types them.
        let address = self.settings.discord.as_ref().and_then(|config| config.base_url.as_deref());
        let is_played = self.is_local() && address == self.arguments.target.local();
        Some(if is_played { finding.for_information() } else { finding })
    }

    async fn guilds(&self, discord: &Discord, seen: &Result<Seen, DiscordError>, guilds: &[GuildId]) -> Vec<Finding> {
        let Some(table) = self.settings.memory_tables.first() else { return Vec::new() };
        let store = MemoryTable::new(self.aws, table.clone());
        let nameless = || DiscordError::Unavailable { reason: "it does not say which account the bot has".to_owned() };
        let bot = match seen {
            Ok(seen) => seen.application.bot.ok_or_else(nameless),
            Err(error) => Err(error.clone()),
        };
        let (now, is_local) = (self.now, self.is_local());
        let look = Look { now, backfill_days: self.settings.backfill_days, is_local };
        let asked = guilds.iter().map(|id| {
            let (store, bot) = (&store, bot.clone());
            async move {
                let membership = async { ask::discord::guild(discord, *id, bot?).await };
                let (membership, kept) = tokio::join!(membership, ask::store::guild(store, *id));
                judge::guild::judge(&Guild { id: *id, membership, kept }, look)
            }
        });
        join_all(asked).await.concat()
    }

    async fn models(&self) -> Vec<Finding> {
        let Settings { summaries, memories, memory_tables, .. } = self.settings;
        let summaries = summaries.as_ref().map(|config| ("SUMMARY_MODELS", &config.models));
        let merges = memories.as_ref().map(|config| ("MERGE_MODELS", &config.models));
        let configured: Vec<(&str, &ModelsConfig)> = summaries.into_iter().chain(merges).collect();
        let Some(table) = memory_tables.first() else { return Vec::new() };
        let names: Vec<String> = configured.iter().flat_map(|(_, config)| names(config)).collect();
        let cooldowns = ask::store::cooldowns(&MemoryTable::new(self.aws, table.clone()), &names).await;
        let (chains, mut findings) = self.ask_models(&configured, cooldowns.as_ref().ok()).await;
        if merges.is_some_and(|(_, config)| config.chain.is_empty()) {
            findings.push(Finding::fine("MERGE_MODELS", "none: nothing is merged"));
        }
        findings.extend(judge::models::judge(&chains, &cooldowns, self.now));
        findings
    }

    /// Asks each model once; who is left alone is not asked, which is what it is left alone for. And why a chain cannot be asked.
    async fn ask_models<'a>(
        &self,
        configured: &[(&'a str, &ModelsConfig)],
        resting: Option<&BTreeMap<String, Cooldown>>,
    ) -> (Vec<(&'a str, Vec<Model>)>, Vec<Finding>) {
        let rests = |name: &str| {
            let cooldown = resting.and_then(|resting| resting.get(name));
            cooldown.is_some_and(|cooldown| Cooldown::left(cooldown.until, self.now).is_some())
        };
        let asked = configured.iter().enumerate().map(|(index, (_, config))| {
            let before: Vec<String> = configured[..index].iter().flat_map(|(_, config)| names(config)).collect();
            let is_asked =
                move |name: &str| !self.arguments.no_models && !rests(name) && before.iter().all(|other| other != name);
            ask::models::chain((*config).clone(), self.aws, is_asked)
        });
        let (mut chains, mut findings) = (Vec::new(), Vec::new());
        for ((chain, config), models) in configured.iter().zip(join_all(asked).await) {
            let models = models.unwrap_or_else(|error| {
                findings.push(of_connecting(chain, &error));
                ask::models::unasked(config)
            });
            chains.push((*chain, models));
        }
        (chains, findings)
    }
}

/// The models of a chain, as cooldowns are kept by.
fn names(config: &ModelsConfig) -> impl Iterator<Item = String> {
    config.chain.iter().map(|model| model.name.to_string())
}

/// What is not known without the application.
fn unknown_application() -> Finding {
    Finding::unknown("application", "its intents, public key, endpoint and commands are not known", "see token")
}

/// Why there is no key or token.
fn of_secret(what: &str, error: &SecretError) -> Finding {
    match error {
        SecretError::Unreadable { parameter, .. } if error.is_not_there() => Finding::wrong(
            what,
            format!("there is no SSM parameter {parameter}"),
            "store it: docs/operations.md, Keys and tokens",
        ),
        SecretError::Empty { parameter } => Finding::wrong(
            what,
            format!("the SSM parameter {parameter} is empty"),
            "store it: docs/operations.md, Keys and tokens",
        ),
        SecretError::Unreadable { parameter, .. } => Finding::unknown(
            what,
            format!("the SSM parameter {parameter} cannot be read"),
            "allow ssm:GetParameter on it to yourself",
        ),
    }
}

fn of_connecting(chain: &str, error: &ConnectError) -> Finding {
    match error {
        ConnectError::Secret(error) => of_secret(&format!("key of {chain}"), error),
        error => Finding::unknown(chain, error.to_string(), "docs/models.md"),
    }
}
