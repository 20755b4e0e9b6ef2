//! `guild-memory commands register`: what people can type and choose in Discord.

pub(super) mod difference;

use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};
use guild_memory::{
    adapters::discord::Discord,
    config::ApiKey,
    discord::definitions,
    domain::{ApplicationId, GuildId},
    ports::DiscordError,
};
use serde_json::Value;

use difference::{Change, changes, to_remove, to_send};

/// What can be done about commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Commands {
    /// Registers the commands with Discord and prints what changes; commands of other names are left alone
    Register(Arguments),
}

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only for this guild, where they are there at once; for every guild if it is left out
    #[arg(long, value_name = "ID")]
    guild: Option<GuildId>,
    /// Only says what would change
    #[arg(long)]
    dry_run: bool,
    /// Does not ask before a command is removed
    #[arg(long)]
    yes: bool,
    /// The application, by its id in Discord's developer portal
    #[arg(long, env = "DISCORD_APPLICATION_ID", value_name = "ID")]
    application: ApplicationId,
    /// The token of its bot; better in the environment than in the history of a shell
    #[arg(long, env = "DISCORD_BOT_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    bot_token: String,
    /// Where Discord is
    #[arg(long, env = "DISCORD_BASE_URL", value_name = "URL", default_value = "https://discord.com")]
    base_url: String,
}

impl Commands {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        match self {
            Self::Register(arguments) => register(&arguments).await.map(|()| ExitCode::SUCCESS),
        }
    }
}

/// Asked again, it changes nothing and sends nothing.
async fn register(arguments: &Arguments) -> Result<()> {
    let Arguments { guild, application, base_url, .. } = arguments;
    let token = ApiKey::new(&arguments.bot_token).context(
        "the bot token is empty: set DISCORD_BOT_TOKEN to the one that Discord's developer portal shows under Bot",
    )?;
    let discord = Discord::new(Some(base_url))?.as_bot(token);
    let there = discord.commands(*application, *guild).await;
    let there = there.map_err(|error| explained(&error, base_url)).context("nothing was changed")?;
    let wanted = definitions();
    let changes = changes(&there, &wanted, guild.is_some());
    changes.iter().for_each(|change| println!("{change}"));
    let place = guild.map_or("every guild".to_owned(), |guild| format!("guild {guild}"));
    if changes.iter().all(|change| matches!(change, Change::Unchanged(_) | Change::LeftAlone(_))) {
        println!("Nothing to change for {place}.");
    } else if arguments.dry_run {
        println!("Nothing was changed for {place}: this was a dry run.");
    } else if arguments.yes || !changes.iter().any(is_removal) || is_confirmed(&place)? {
        make(arguments, &discord, &there, &wanted).await?;
        println!("Registered for {place}.");
    } else {
        println!("Nothing was changed for {place}.");
    }
    Ok(())
}

/// Makes the changes one by one: Discord takes no others than a whole list at once, and the list is not ours alone.
async fn make(arguments: &Arguments, discord: &Discord, there: &[Value], wanted: &[Value]) -> Result<()> {
    let Arguments { guild, application, base_url, .. } = arguments;
    let old = to_remove(there, wanted).into_iter().map(Step::Remove);
    let new = to_send(there, wanted, guild.is_some()).into_iter().map(Step::Put);
    let steps: Vec<Step<'_>> = old.chain(new).collect();
    for (made, step) in steps.iter().enumerate() {
        let outcome = match step {
            Step::Remove(id) => discord.remove_command(*application, *guild, id).await,
            Step::Put(command) => discord.put_command(*application, *guild, command).await,
        };
        let stopped = || format!("{made} of {} changes were made before this; run it again for the rest", steps.len());
        outcome.map_err(|error| explained(&error, base_url)).with_context(stopped)?;
    }
    Ok(())
}

/// A request that changes something.
enum Step<'a> {
    /// The command of that id goes.
    Remove(&'a str),
    /// The command comes, in place of the one of its kind and name.
    Put(&'a Value),
}

fn is_removal(change: &Change) -> bool {
    matches!(change, Change::Removed(_))
}

/// Asks whether commands are to be removed; an error where nobody can be asked.
fn is_confirmed(place: &str) -> Result<bool> {
    ensure!(
        io::stdin().is_terminal(),
        "some commands would be removed, and nobody can be asked here: look at the list, and add --yes"
    );
    print!("Remove these commands for {place}? [y/N] ");
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

/// What was wrong and what to do.
fn explained(error: &DiscordError, base_url: &str) -> anyhow::Error {
    let advice = match error {
        DiscordError::Unauthorized => "is DISCORD_BOT_TOKEN the token of this application's bot?".to_owned(),
        DiscordError::Forbidden { .. } => {
            "is the application installed in that guild with the scope applications.commands, and is the token its own?"
                .to_owned()
        }
        DiscordError::NotFound { .. } => "are DISCORD_APPLICATION_ID and the guild's id right?".to_owned(),
        DiscordError::RateLimited { .. } => "try again later".to_owned(),
        DiscordError::Unavailable { .. } => {
            format!("can this machine reach {base_url}? If it can, try again later")
        }
        DiscordError::Refused { .. } => "this is a defect of guild-memory".to_owned(),
    };
    anyhow::anyhow!("{error}; {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_answer_is_named() {
        let error = DiscordError::Unavailable { reason: "no connection".to_owned() };
        let said = explained(&error, "https://discord.com").to_string();
        assert!(said.contains("can this machine reach https://discord.com?"), "{said}");
    }
}
