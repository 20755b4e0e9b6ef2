//! `guild-memory person` and `guild-memory guild`: what people and guilds own is handed out and ended, by the function
//! `people`.

use std::{
    io::{BufRead as _, IsTerminal as _, Write as _},
    process::ExitCode,
};

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use guild_memory::domain::{GuildId, UserId};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    lambda::{Failure, Lambda},
    target::Target,
};

/// How often in a row a call is sent again that may pass.
const MAX_TRIES: u32 = 5;

/// What is kept of one person.
#[derive(Debug, Subcommand)]
pub(crate) enum Person {
    /// Prints all that is kept of the person, as JSON
    Export(OfPerson),
    /// Ends all that is kept of the person until now
    Erase(OfPerson),
    /// The same, and keeps nothing from now on
    OptOut(OfPerson),
    /// Keeps again what the person writes from now on
    OptIn(OfPerson),
}

/// What is kept of a guild.
#[derive(Debug, Subcommand)]
pub(crate) enum Guild {
    /// Ends all that is kept of the guild: there is no way back
    Wipe(OfGuild),
}

#[derive(Debug, Args)]
pub(crate) struct OfPerson {
    /// The guild
    #[arg(long, value_name = "ID")]
    guild: GuildId,
    /// The person's account
    #[arg(long, value_name = "ID")]
    user: UserId,
    #[command(flatten)]
    people: People,
}

#[derive(Debug, Args)]
pub(crate) struct OfGuild {
    /// The guild
    #[arg(long, value_name = "ID")]
    guild: GuildId,
    /// Does not ask; for scripts
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    people: People,
}

/// The function that does it.
#[derive(Debug, Args)]
struct People {
    /// The name of the function, as the stack's output PeopleFunctionName says
    #[arg(long, value_name = "NAME", env = "PEOPLE_FUNCTION", default_value = "people")]
    function: String,
    #[command(flatten)]
    target: Target,
}

impl Person {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let (op, OfPerson { guild, user, people }) = match self {
            Self::Export(of) => return export(of).await,
            Self::Erase(of) => ("erase", of),
            Self::OptOut(of) => ("opt_out", of),
            Self::OptIn(of) => ("opt_in", of),
        };
        let answer: Value = people.connect().await?.ask(json!({"guild_id": guild, "user_id": user, "op": op})).await?;
        println!("{answer:#}");
        Ok(ExitCode::SUCCESS)
    }
}

/// Page by page, as one document.
async fn export(OfPerson { guild, user, people }: OfPerson) -> Result<ExitCode> {
    let people = people.connect().await?;
    let mut whole: Value = people.ask(json!({"guild_id": guild, "user_id": user, "op": "export"})).await?;
    while whole["next"].is_string() {
        let event = json!({"guild_id": guild, "user_id": user, "op": "export", "from": whole["next"]});
        let mut more: Value = people.ask(event).await?;
        for list in ["days", "messages"] {
            if let (Value::Array(all), Value::Array(rest)) = (&mut whole[list], &mut more[list]) {
                all.append(rest);
            }
        }
        whole["next"] = more["next"].take();
    }
    println!("{whole:#}");
    Ok(ExitCode::SUCCESS)
}

/// What went in one call.
#[derive(Deserialize)]
struct Wiped {
    people: usize,
    days: usize,
    messages: usize,
    complete: bool,
}

impl Guild {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let Self::Wipe(OfGuild { guild, yes, people }) = self;
        if !yes {
            confirm(guild)?;
        }
        let people = people.connect().await?;
        loop {
            let wiped: Wiped = people.ask(json!({"guild_id": guild, "op": "wipe"})).await?;
            let Wiped { people, days, messages, complete } = wiped;
            println!("gone: {people} people, {days} days, {messages} messages");
            if complete {
                println!("nothing is left of guild {guild}, and what was written until now stays out");
                return Ok(ExitCode::SUCCESS);
            }
        }
    }
}

/// Who does not type the id has not meant it.
fn confirm(guild: GuildId) -> Result<()> {
    let mut input = std::io::stdin().lock();
    if input.is_terminal() {
        print!("All that is kept of guild {guild} ends, and there is no way back. Type its id to go on: ");
        std::io::stdout().flush()?;
    }
    let mut typed = String::new();
    input.read_line(&mut typed)?;
    if typed.trim() != guild.to_string() {
        bail!("nothing was done: type the id of the guild to confirm, or give --yes");
    }
    Ok(())
}

/// `people`, known to be there.
struct Connected {
    lambda: Lambda,
    function: String,
}

impl People {
    async fn connect(self) -> Result<Connected> {
        let lambda = Lambda::at(&self.target).await;
        lambda.check(&self.target, &self.function).await?;
        Ok(Connected { lambda, function: self.function })
    }
}

impl Connected {
    /// Its answer; what may pass is sent again, since all of it can be repeated.
    async fn ask<T: serde::de::DeserializeOwned>(&self, event: Value) -> Result<T> {
        let mut tries = 1;
        loop {
            match self.lambda.invoke(&self.function, event.to_string().into_bytes()).await {
                Err(Failure::Passing(what)) if tries < MAX_TRIES => {
                    eprintln!("{what}; going on");
                    tries += 1;
                }
                answer => return Ok(answer?),
            }
        }
    }
}
