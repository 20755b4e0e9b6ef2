//! A guild nobody has seen before: as good as fresh tables.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Result, ensure};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::World;
use crate::chat::{self, Person};

/// How many messages one call may have.
const MESSAGES_A_CALL: usize = 5_000;

/// A guild and the people in it.
#[derive(Debug)]
pub struct Guild {
    id: u64,
    people: Vec<Person>,
}

impl Guild {
    /// A guild of people with these names, and nothing else yet.
    #[must_use]
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let id = 998_100_000_000_000_000 + 10_000 * (1 + NUMBER.fetch_add(1, Ordering::Relaxed));
        let people = (id + 1..).zip(names).map(|(id, name)| Person { id, name: name.into() }).collect();
        Self { id, people }
    }

    /// The first `count` people's ids.
    #[must_use]
    pub fn users(&self, count: usize) -> Vec<String> {
        self.people.iter().take(count).map(|person| person.id.to_string()).collect()
    }

    /// Lets everybody write on a day, in turn.
    pub async fn chat(&self, world: &World, day: Date, messages: u32) -> Result<()> {
        for part in chat::of_a_day(&self.people, day, messages).chunks(MESSAGES_A_CALL) {
            let report = world.call("ingest_messages", &json!({"guild_id": self.id(), "messages": part})).await?;
            ensure!(report["stored"] == part.len(), "not everything was stored: {report}");
        }
        Ok(())
    }

    /// Lets those of the people write a message each on a day.
    pub async fn chat_of(&self, world: &World, day: Date, people: impl Iterator<Item = usize>) -> Result<()> {
        let writers = Self { id: self.id, people: people.filter_map(|n| self.people.get(n).cloned()).collect() };
        writers.chat(world, day, writers.people.len() as u32).await
    }

    /// Lets the first message of a day be edited, so that its summary is outdated.
    pub async fn edit(&self, world: &World, day: Date, messages: u32) -> Result<()> {
        let mut message = chat::of_a_day(&self.people, day, messages).swap_remove(0);
        message["content"] = json!("On second thought, the bees like it here.");
        message["edited_at"] = json!(format!("{day}T23:59:00Z"));
        let report = world.call("ingest_messages", &json!({"guild_id": self.id(), "messages": [message]})).await?;
        ensure!(report["updated"] == 1, "nothing was edited: {report}");
        Ok(())
    }

    /// Teaches a fact about each of the first `count` people, so that there is something to merge.
    pub async fn teach(&self, world: &World, count: usize, fact: &str) -> Result<()> {
        for user in self.users(count) {
            let event = json!({"guild_id": self.id(), "user_id": user, "op": "remember", "text": fact});
            world.call("people", &event).await?;
        }
        Ok(())
    }

    /// Asks for the memories of some people.
    pub async fn ask(&self, world: &World, users: &[String]) -> Result<Value> {
        world.call("get_memories", &json!({"guild_id": self.id(), "user_ids": users})).await
    }

    /// Asks for the memories of some people, for `seconds` at the most.
    pub async fn ask_for(&self, world: &World, users: &[String], seconds: f64) -> Result<Value> {
        let event = json!({"guild_id": self.id(), "user_ids": users, "max_wait_ms": (seconds * 1e3) as u64});
        world.call("get_memories", &event).await
    }

    /// The same as [`ask`](Self::ask); an answer that reports an error is one.
    pub async fn memories(&self, world: &World, users: &[String]) -> Result<Value> {
        let answer = self.ask(world, users).await?;
        ensure!(answer["errors"].as_array().is_none_or(Vec::is_empty), "get_memories: {}", answer["errors"]);
        Ok(answer)
    }

    /// Asks for a day's summary of the first person.
    pub async fn summary(&self, world: &World, day: Date, rebuild: bool) -> Result<Value> {
        let event = json!({"guild_id": self.id(), "date": day, "user_ids": self.users(1), "rebuild": rebuild});
        world.call("daily_summary", &event).await
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> String {
        self.id.to_string()
    }
}
