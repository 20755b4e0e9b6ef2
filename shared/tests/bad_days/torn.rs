//! DynamoDB shows each item as it was committed, and not all items of a transaction at one moment (ADR 12): who reads the
//! ledger and then the messages, or the other way round, can come in between.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use aws_sdk_dynamodb::types::AttributeValue;
use guild_memory::{
    adapters::dynamodb::MessagesTable,
    app::{decode, ingest_messages},
    contract::DayStatus,
    domain::{AllowedGuilds, ChannelId, Day, GuildId, MessageId, StoredMessage},
    ports::{DayChange, ReadMessageChannels, ReadMessages as _, StoreError, StoredDay, WriteMessages},
    testing::RETENTION,
};
use serde_json::json;

use super::world::{World, day, guild};

const DATE: &str = "2026-11-20";

type Item = std::collections::HashMap<String, AttributeValue>;

/// A read of the ledger that sees a transaction, followed by a read of a message that does not see it yet.
struct Torn<'a> {
    inner: &'a MessagesTable,
    old: Mutex<Option<BTreeMap<MessageId, StoredMessage>>>,
}

impl ReadMessageChannels for Torn<'_> {
    async fn message_channels(&self, guild: GuildId, day: Day) -> Result<BTreeMap<MessageId, ChannelId>, StoreError> {
        self.inner.message_channels(guild, day).await
    }
}

impl WriteMessages for Torn<'_> {
    async fn stored_day(&self, guild: GuildId, day: Day, ids: &[MessageId]) -> Result<StoredDay, StoreError> {
        let stored = self.inner.stored_day(guild, day, ids).await?;
        let old = self.old.lock().unwrap().take();
        Ok(StoredDay { messages: old.unwrap_or(stored.messages), ..stored })
    }

    async fn begin_day(&self, guild: GuildId, day: Day) -> Result<(), StoreError> {
        self.inner.begin_day(guild, day).await
    }

    async fn change_day(&self, guild: GuildId, day: Day, change: DayChange<'_>) -> Result<(), StoreError> {
        self.inner.change_day(guild, day, change).await
    }
}

/// The words that are stored after `event` came in, whose sender read `old` messages beside the ledger of now.
async fn words_after(world: &World, old: BTreeMap<MessageId, StoredMessage>, event: serde_json::Value) -> Vec<String> {
    let deps = ingest_messages::Deps {
        memory: world.memory.clone(),
        messages: Torn { inner: &world.messages, old: Mutex::new(Some(old)) },
        clock: world.clock.clone(),
        retention: RETENTION,
        allowed_guilds: AllowedGuilds::default(),
        discord_guilds: BTreeSet::new(),
    };
    ingest_messages::ingest_messages(&deps, decode(event).unwrap()).await.unwrap();
    let stored = world.messages.messages_of_day(guild(), day(DATE)).await.unwrap();
    stored.into_iter().filter_map(|stored| Some(stored.message?.body.content)).collect()
}

fn edit(id: MessageId, text: &str, at: &str) -> serde_json::Value {
    let author = json!({"id": "10", "name": "Ann"});
    let message = json!({"id": id, "channel_id": "7", "author": author, "content": text, "edited_at": at});
    json!({"guild_id": guild(), "messages": [message]})
}

#[tokio::test]
async fn rule_5_an_edit_that_saw_the_ledger_of_a_deletion_and_not_yet_its_tombstone_is_late() {
    let world = World::start();
    let id = world.say(DATE, "10:00", 10, "a secret").await;
    world.say(DATE, "10:01", 10, "harmless").await;
    let before = world.messages.stored_day(guild(), day(DATE), &[id]).await.unwrap().messages;
    world.delete(id).await;
    let event = edit(id, "a secret, edited", "2026-11-20T10:00:30Z");
    assert_eq!(words_after(&world, before, event).await, ["harmless"]);
    world.summarize(DATE).await.unwrap();
    assert!(!world.everything_stored().await.contains("secret"));
}

#[tokio::test]
async fn rule_5_an_edit_that_saw_the_ledger_of_a_later_edit_and_not_yet_its_text_is_late() {
    let world = World::start();
    let id = world.say(DATE, "10:00", 10, "first").await;
    let before = world.messages.stored_day(guild(), day(DATE), &[id]).await.unwrap().messages;
    world.ingest(edit(id, "third", "2026-11-20T10:03:00Z")).await.unwrap();
    let event = edit(id, "second", "2026-11-20T10:02:00Z");
    assert_eq!(words_after(&world, before, event).await, ["third"]);
}

impl World {
    fn message(&self, id: MessageId) -> Item {
        [
            ("pk".to_owned(), AttributeValue::S(format!("{}#{DATE}", guild()))),
            ("sk".to_owned(), AttributeValue::S(format!("{:020}", id.get()))),
        ]
        .into()
    }

    async fn get(&self, id: MessageId) -> Option<Item> {
        let get = self.database.get_item().table_name("MessagesTable").set_key(Some(self.message(id)));
        get.consistent_read(true).send().await.unwrap().item
    }

    async fn put(&self, item: Option<Item>) {
        self.database.put_item().table_name("MessagesTable").set_item(item).send().await.unwrap();
    }
}

/// The moment is held open by putting the old item back.
#[tokio::test]
async fn rule_19_a_build_that_saw_the_ledger_of_a_deletion_and_not_yet_its_tombstone_keeps_nothing() {
    let world = World::start();
    let id = world.say(DATE, "10:00", 10, "a secret").await;
    world.say(DATE, "10:01", 10, "harmless").await;
    let old = world.get(id).await;
    world.delete(id).await;
    let tombstone = world.get(id).await;
    world.put(old).await;
    let report = world.summarize(DATE).await.unwrap();
    assert_eq!((report.status, report.summaries.len()), (DayStatus::Pending, 0));
    world.put(tombstone).await;
    world.delete(id).await; // sent again: the purge looks once more
    assert!(!world.everything_stored().await.contains("secret"));
    assert_eq!(world.summarize(DATE).await.unwrap().status, DayStatus::Built);
}

/// As many messages as the ledger counts, and not those: one is deleted and not yet gone, another new and not yet there.
#[tokio::test]
async fn rule_19_a_build_that_saw_one_message_too_many_and_one_too_few_keeps_nothing() {
    let world = World::start();
    let id = world.say(DATE, "10:00", 10, "a secret").await;
    let old = world.get(id).await;
    world.delete(id).await;
    let new = world.say(DATE, "10:01", 10, "harmless").await;
    let (tombstone, harmless) = (world.get(id).await, world.get(new).await);
    world.put(old).await;
    let delete = world.database.delete_item().table_name("MessagesTable").set_key(Some(world.message(new)));
    delete.send().await.unwrap();
    assert_eq!(world.summarize(DATE).await.unwrap().status, DayStatus::Pending);
    assert_eq!(world.model.calls(), 0, "nobody was asked about it");
    world.put(tombstone).await;
    world.put(harmless).await;
    let report = world.summarize(DATE).await.unwrap();
    assert_eq!(report.summaries.values().collect::<Vec<_>>(), ["harmless"]);
}

/// The ledger counts a new message that the Query does not see yet.
#[tokio::test]
async fn rule_6_a_build_that_saw_the_ledger_of_a_message_and_not_yet_the_message_concludes_nothing() {
    let world = World::start();
    world.say(DATE, "10:01", 10, "harmless").await;
    let id = world.say(DATE, "10:02", 10, "more").await;
    let item = world.get(id).await;
    let delete = world.database.delete_item().table_name("MessagesTable").set_key(Some(world.message(id)));
    delete.send().await.unwrap();
    assert_eq!(world.summarize(DATE).await.unwrap().status, DayStatus::Pending);
    world.put(item).await;
    assert_eq!(world.summarize(DATE).await.unwrap().status, DayStatus::Built);
}
