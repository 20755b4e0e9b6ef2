mod audience;
mod leases;
mod life;
mod requests;

use std::{collections::BTreeSet, time::Duration};

use serde_json::json;

use super::*;
use crate::{
    app::ingest_messages::ingest_messages,
    domain::{GuildId, MessageId, UserId, prompt::ChunkLimits},
    testing::{FixedClock, InMemoryStore, ScriptedModel, ingest_deps, message_at},
};

const DURING: &str = "2026-11-20T12:00:00Z";
const AFTER: &str = "2026-11-21T00:20:00Z";

fn guild() -> GuildId {
    "1".parse().unwrap()
}

fn day() -> Day {
    "2026-11-20".parse().unwrap()
}

fn user(n: u64) -> UserId {
    UserId::try_from(n).unwrap()
}

const CHUNKS: ChunkLimits = ChunkLimits { messages: 800, tokens: 60_000, members: 100, target: Duration::from_secs(6) };

fn settings() -> Settings {
    Settings {
        settle: Duration::from_secs(1200),
        open_day_ttl: Duration::from_secs(3600),
        retention: crate::domain::SummaryRetention::default(),
        chunks: CHUNKS,
    }
}

fn request() -> DayRequest {
    DayRequest::new(guild(), day())
}

/// One text for each of the first three members, with the number of messages the model was shown.
fn model() -> ScriptedModel {
    ScriptedModel::new(|prompt| {
        let messages = prompt.data.matches("<message ").count();
        let summary = |n: usize| json!({"member": format!("m{n}"), "summary": format!("{messages} messages")});
        Ok(json!({"summaries": [summary(1), summary(2), summary(3)]}).to_string())
    })
}

async fn ingest(store: &InMemoryStore, event: serde_json::Value, now: &str) {
    let request = crate::app::decode(event).unwrap();
    ingest_messages(&ingest_deps(store, &FixedClock::at(now)), request).await.unwrap();
}

fn wire(time: &str, author: u64) -> (MessageId, serde_json::Value) {
    let id = message_at(day(), time, author, "x", "").id;
    let author = json!({"id": author, "name": format!("member {author}")});
    (id, json!({"id": id, "channel_id": "7", "author": author, "content": "hello"}))
}

async fn say(store: &InMemoryStore, time: &str, author: u64) -> MessageId {
    let (id, message) = wire(time, author);
    ingest(store, json!({"guild_id": "1", "messages": [message]}), DURING).await;
    id
}

async fn ask(
    store: &InMemoryStore,
    model: &ScriptedModel,
    clock: &FixedClock,
    request: DayRequest,
) -> Result<DayReport, AppError> {
    let deps = Deps {
        memory: store.clone(),
        messages: store.clone(),
        model: model.clone(),
        clock: clock.clone(),
        settings: settings(),
        discord_guilds: BTreeSet::new(),
    };
    summarize_day(&deps, Deadline::new(Duration::from_secs(120), None), request).await
}

async fn summarize(store: &InMemoryStore, model: &ScriptedModel, now: &str) -> Result<DayReport, AppError> {
    ask(store, model, &FixedClock::at(now), request()).await
}
