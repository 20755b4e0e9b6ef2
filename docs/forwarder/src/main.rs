//! A gateway bot that keeps guild-memory in step with what people write, edit and delete.
//!
//! ```text
//! Discord ──gateway──▶ read ──▶ a queue ──a batch a second──▶ ingest_messages
//! ```
//!
//! Events come in any number and order, and may come twice: `ingest_messages` takes them as they are. What happens while
//! the bot is not connected, `sync_messages` finds. Discord's payloads are read as plain JSON, so that a field that is new
//! or odd costs nothing.

mod event;

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
use aws_config::BehaviorVersion;
use aws_sdk_lambda::{Client, primitives::Blob};
use event::{Change, Reader};
use futures::StreamExt as _;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use twilight_gateway::{Intents, Message, Shard, ShardId};

/// Changes of one call; `ingest_messages` takes 5,000.
const MAX_CHANGES: usize = 500;
/// How long changes are collected.
const COLLECT_FOR: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> Result<()> {
    let token = std::env::var("DISCORD_BOT_TOKEN").context("DISCORD_BOT_TOKEN: the bot's token")?;
    let function = std::env::var("INGEST_MESSAGES_FUNCTION").unwrap_or_else(|_| "ingest_messages".to_owned());
    let lambda = Client::new(&aws_config::load_defaults(BehaviorVersion::latest()).await);
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default(); // it fails if there is one already

    let (news, queue) = unbounded_channel();
    let forwarding = tokio::spawn(forward(lambda, function, queue));
    // What people write is only shown to applications that have the Message Content Intent.
    let intents = Intents::GUILDS | Intents::GUILD_MESSAGES | Intents::MESSAGE_CONTENT;
    let mut shard = Shard::new(ShardId::ONE, token, intents);
    let mut reader = Reader::default();
    loop {
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => break interrupted?,
            message = shard.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    for change in reader.read(&text) {
                        news.send(change)?;
                    }
                }
                Some(Ok(Message::Close(frame))) => eprintln!("Discord closed the connection: {frame:?}"),
                Some(Err(error)) => eprintln!("the connection to Discord: {error}"),
                None => break eprintln!("Discord does not let this bot in any more"),
            },
        }
    }
    drop(news);
    forwarding.await?; // what was seen is sent before the end
    Ok(())
}

/// Sends what comes in, a batch a guild and second, until nothing can come any more.
async fn forward(lambda: Client, function: String, mut queue: UnboundedReceiver<Change>) {
    let mut changes = Vec::new();
    while queue.recv_many(&mut changes, MAX_CHANGES).await > 0 {
        tokio::time::sleep(COLLECT_FOR).await;
        while changes.len() < MAX_CHANGES
            && let Ok(change) = queue.try_recv()
        {
            changes.push(change);
        }
        for (guild, event) in events(changes.drain(..)) {
            send(&lambda, &function, &guild, &event).await;
        }
    }
}

/// The changes as events of `ingest_messages`, by guild.
fn events(changes: impl IntoIterator<Item = Change>) -> BTreeMap<String, Value> {
    let mut events = BTreeMap::new();
    for Change { guild, what, is_deletion } in changes {
        let empty = || json!({"guild_id": guild, "messages": [], "deleted": []});
        let list =
            &mut events.entry(guild.clone()).or_insert_with(empty)[if is_deletion { "deleted" } else { "messages" }];
        if let Value::Array(list) = list {
            list.push(what);
        }
    }
    events
}

/// Sends an event until it is taken: nothing is lost while the function cannot be reached.
async fn send(lambda: &Client, function: &str, guild: &str, event: &Value) {
    let mut wait = COLLECT_FOR;
    loop {
        let payload = Blob::new(event.to_string());
        match lambda.invoke().function_name(function).payload(payload).send().await {
            Ok(answer) if answer.function_error.is_none() => return,
            Ok(answer) => {
                let said = answer.payload.map(|payload| String::from_utf8_lossy(payload.as_ref()).into_owned());
                eprintln!("{function} failed for guild {guild}, and is asked again: {}", said.unwrap_or_default());
            }
            Err(error) => eprintln!("{function} cannot be invoked, and is asked again: {}", error.into_service_error()),
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}
