//! A gateway bot that keeps guild-memory in step with what people write, edit and delete.
//!
//! ```text
//! Discord ──gateway──▶ read ──▶ a queue ──a batch a second──▶ ingest_messages
//!                       └─ who leaves, who comes back ──one by one──▶ people
//!                       ▲ what every member of the audience may read, and nothing else
//! ```
//!
//! Events come in any number and order, and may come twice: `ingest_messages` takes them as they are. What happens while
//! the bot is not connected, `sync_messages` finds. Discord's payloads are read as plain JSON, so that a field that is new
//! or odd costs nothing.
//!
//! What cannot work is said at the start, and ends it: a missing token, no AWS credentials, a function that is not there, no
//! network. What worked once is tried for ever.

mod event;
mod forward;
mod gateway;
mod guilds;
mod leaving;
mod sent;

use std::{collections::BTreeSet, process::ExitCode};

use anyhow::{Context, Result, ensure};
use event::Reader;
use forward::Forwarder;
use futures::future::join;
use guild_memory::domain::RoleId;
use tokio::{
    sync::mpsc::unbounded_channel,
    task::{JoinError, JoinHandle},
};
use twilight_gateway::{ConfigBuilder, Intents, Shard, ShardId};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("forwarder: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let token = std::env::var("DISCORD_BOT_TOKEN").unwrap_or_default();
    ensure!(!token.trim().is_empty(), "set DISCORD_BOT_TOKEN: Discord's developer portal shows it, under Bot");
    let function = std::env::var("INGEST_MESSAGES_FUNCTION").unwrap_or_else(|_| "ingest_messages".to_owned());
    let forwarder = Forwarder::to(function, "INGEST_MESSAGES_FUNCTION").await?;
    let people = std::env::var("PEOPLE_FUNCTION").unwrap_or_else(|_| "people".to_owned());
    let people = Forwarder::to(people, "PEOPLE_FUNCTION").await?;
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default(); // it fails if there is one already

    let (news, queue) = unbounded_channel();
    let (leaving, left) = unbounded_channel();
    let forwarding = tokio::spawn(async move { join(forwarder.forward(queue), people.forward_each(left)).await });
    // What people write is only shown to applications that have the Message Content Intent.
    let mut intents = Intents::GUILDS | Intents::GUILD_MESSAGES | Intents::MESSAGE_CONTENT;
    if std::env::var("MEMBERS_INTENT").is_ok_and(|set| set == "on") {
        intents |= Intents::GUILD_MEMBERS;
    }
    let mut config = ConfigBuilder::new(token.trim().to_owned(), intents);
    if let Ok(gateway) = std::env::var("DISCORD_GATEWAY_URL") {
        config = config.proxy_url(gateway);
    }
    let mut shard = Shard::with_config(ShardId::ONE, config.build());
    let mut reader = Reader::of_audiences(audience_roles()?);
    let heard = gateway::listen(&mut shard, |text| {
        if let Some(event) = leaving::read(text) {
            let _ = leaving.send(event); // as below
        }
        for change in reader.read(text) {
            let _ = news.send(change); // it fails only if forwarding has ended, which it does not before this
        }
    });
    let ended = tokio::select! {
        ended = heard => ended,
        interrupted = tokio::signal::ctrl_c() => interrupted.context("Ctrl-C cannot be heard"),
    };
    drop((news, leaving));
    send_the_rest(forwarding).await?;
    ended
}

/// `AUDIENCE_ROLES`: the roles that `/memory settings audience` names, separated by commas; none if it is everybody.
fn audience_roles() -> Result<BTreeSet<RoleId>> {
    let roles = std::env::var("AUDIENCE_ROLES").unwrap_or_default();
    let roles = roles.split(',').map(str::trim).filter(|role| !role.is_empty());
    roles.map(|role| role.parse().context("AUDIENCE_ROLES must be ids of roles, separated by commas")).collect()
}

/// What was seen is sent before the end, unless somebody will not wait for it.
async fn send_the_rest(mut forwarding: JoinHandle<((), ())>) -> Result<(), JoinError> {
    tokio::select! {
        sent = &mut forwarding => sent.map(drop),
        _ = tokio::signal::ctrl_c() => {
            eprintln!("forwarder: stopped before everything was sent; sync_messages finds the rest");
            Ok(())
        }
    }
}
