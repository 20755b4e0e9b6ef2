use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::{
    app::{decode, ingest_messages::ingest_messages},
    domain::{Audience, ChannelId, GuildId, Message, MessageId},
    ports::ReadOpenChannels as _,
    testing::{FixedClock, InMemoryStore, id_at, ingest_deps, message_at},
};

const NOW: &str = "2026-11-22T12:00:00Z";
const DAYS: [&str; 3] = ["2019-03-01", "2026-11-15", "2026-11-22"];

fn guild() -> GuildId {
    "1".parse().unwrap()
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn id(day: &str, n: u64) -> MessageId {
    id_at(format!("{day}T10:00:00Z").parse().unwrap(), n)
}

fn message(day: &str, n: u64, channel: u64) -> Value {
    let author = json!({"id": "10", "name": "Ann"});
    json!({"id": id(day, n), "channel_id": channel, "author": author, "content": "hello"})
}

/// Messages of an old import, of last week and of today, in two channels and a thread of the first.
async fn store() -> InMemoryStore {
    let store = InMemoryStore::default();
    let messages = DAYS.iter().flat_map(|day| [(1, 1), (2, 2), (3, 11)].map(|(n, channel)| message(day, n, channel)));
    let event = json!({"guild_id": "1", "messages": messages.collect::<Vec<_>>()});
    ingest_messages(&ingest_deps(&store, &FixedClock::at(NOW)), decode(event).unwrap()).await.unwrap();
    store
}

async fn open(store: &InMemoryStore, channels: &[u64]) -> OpenChannels {
    let channel = |id: u64| ChannelId::try_from(id).unwrap();
    let open = OpenChannels {
        audience: Audience::Everyone,
        channels: channels.iter().map(|id| channel(*id)).collect(),
        parents: [(channel(11), channel(1))].into(),
        read_at: now(),
        sweep_due: true,
        sweep_again_at: None,
    };
    store.keep_open_channels(guild(), None, &open).await.unwrap();
    open
}

fn writer(store: &InMemoryStore) -> BatchWriter<'_, InMemoryStore, InMemoryStore> {
    BatchWriter {
        memory: store,
        messages: store,
        guild: guild(),
        now: now(),
        kept_days: 30,
        least_days: 8,
        decided_by: Some(now()),
    }
}

async fn run(store: &InMemoryStore, open: &OpenChannels, seconds: u64) -> Result<Swept, StoreError> {
    sweep(&writer(store), open, Deadline::new(Duration::from_secs(seconds), None)).await
}

/// How many messages are stored of each channel.
fn stored(store: &InMemoryStore) -> BTreeMap<u64, usize> {
    let mut channels = BTreeMap::new();
    for message in store.stored_messages().into_values().filter_map(|stored| stored.message) {
        *channels.entry(message.channel.get()).or_default() += 1;
    }
    channels
}

async fn sweep_is_due(store: &InMemoryStore) -> bool {
    store.open_channels(guild()).await.unwrap().unwrap().sweep_due
}

#[tokio::test]
async fn rule_28_a_channel_that_closes_takes_all_its_messages_along_and_its_threads_theirs() {
    let store = store().await;
    let open = open(&store, &[2]).await;
    store.note_all_read();
    let swept = run(&store, &open, 60).await.unwrap();
    let days: Vec<String> = swept.days_changed.iter().map(Day::to_string).collect();
    assert_eq!((swept.deleted, swept.complete, days), (6, true, DAYS.map(str::to_owned).to_vec()));
    assert_eq!(stored(&store), [(2, 3)].into(), "those of years ago, too");
    assert!(!sweep_is_due(&store).await);
    for ledger in store.ledgers().values() {
        assert_eq!((ledger.message_count, ledger.purged_version), (1, 2), "summaries from before are purged");
    }
    let nothing = Swept { complete: true, ..Swept::default() };
    assert_eq!(run(&store, &open, 60).await.unwrap(), nothing, "again, nothing is left");
}

#[tokio::test]
async fn rule_28_a_sweep_that_is_cut_off_is_still_due_and_goes_on() {
    let store = store().await;
    let open = open(&store, &[1]).await;
    assert_eq!(run(&store, &open, 0).await.unwrap(), Swept::default(), "no time");
    assert!(sweep_is_due(&store).await);
    let failure = StoreError::Unavailable { reason: "test".into() };
    store.script_transactions([None, Some(failure.clone())]);
    assert_eq!(run(&store, &open, 60).await, Err(failure));
    assert!(sweep_is_due(&store).await);
    assert!(run(&store, &open, 60).await.unwrap().complete);
    assert_eq!(stored(&store), [(1, 3), (11, 3)].into());
}

#[tokio::test]
async fn rule_28_what_closed_while_it_was_swept_is_still_due() {
    let store = store().await;
    let before = open(&store, &[1, 2]).await;
    let later = OpenChannels { read_at: now() + jiff::SignedDuration::from_secs(1), ..before.clone() };
    store.keep_open_channels(guild(), Some(before.read_at), &later).await.unwrap();
    assert!(!run(&store, &before, 60).await.unwrap().complete);
    assert!(sweep_is_due(&store).await);
}

/// It was decided to write by a list that another has replaced since, and the sweep is over.
#[tokio::test]
async fn rule_28_what_was_being_written_while_its_channel_closed_is_taken_back() {
    for (decided_by, expected) in [(Some(now()), 3), (Some(Timestamp::UNIX_EPOCH), 2), (None, 2)] {
        let store = InMemoryStore::default();
        open(&store, &[1]).await;
        let said = [(1, 1), (2, 2), (3, 11)].map(|(n, channel)| Message {
            channel: ChannelId::try_from(channel).unwrap(),
            id: id(DAYS[1], n),
            ..message_at(DAYS[1].parse().unwrap(), "10:00", 10, "Ann", "hello")
        });
        let batch = Batch { messages: said.into(), ..Batch::default() };
        BatchWriter { decided_by, ..writer(&store) }.apply_batch(batch).await.unwrap();
        assert_eq!(stored(&store).len(), expected);
    }
}
