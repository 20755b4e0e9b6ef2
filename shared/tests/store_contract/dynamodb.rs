//! What only a store over a network meets: pages, limits, throttling, and a server that is not there.

use std::collections::{BTreeMap, HashMap};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::{Client, config::Credentials, types::AttributeValue};
use guild_memory::{
    adapters::{
        SystemClock,
        dynamodb::{MemoryTable, MessagesTable},
    },
    domain::{DaySummary, MEMORY_LIFE, SummaryRetention, UserId, batch::Change},
    ports::{
        CommitDaySummary, HoldLeases, PurgeDay, ReadDay, ReadMessages, ReadPeople, ReadWindow, StoreError, TextsOf,
        WriteMessages,
    },
    testing::RETENTION,
};
use jiff::Timestamp;
use local_cloud::{LocalCloud, Options, Throttle};

use super::contract::{
    self, LONG, apply, at, commit, counts, day, expiry, guild, lease, memory_of, message, now, summary, user,
};

/// A DynamoDB of one's own, and the tables of template.yaml in it.
pub(crate) struct Cloud {
    pub(crate) memory: MemoryTable,
    pub(crate) messages: MessagesTable,
    cloud: LocalCloud,
}

impl Cloud {
    pub(crate) fn start() -> Self {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let (memory, messages) = tables(cloud.url());
        let messages = messages.with_transactions_of(cloud.largest_transaction());
        Self { memory, messages, cloud }
    }

    fn batch_gets(&self) -> u64 {
        self.cloud.counters().dynamodb_requests.get("BatchGetItem").copied().unwrap_or_default()
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&sdk_config(self.cloud.url()))
    }

    /// All items of a table.
    pub(crate) async fn items(&self, table: &str) -> Vec<HashMap<String, AttributeValue>> {
        let scan = self.client().scan().table_name(table).consistent_read(true);
        scan.into_paginator().items().send().collect::<Result<_, _>>().await.unwrap()
    }

    async fn keys_of_memory(&self) -> Vec<String> {
        self.items("MemoryTable").await.iter().filter_map(|item| item["sk"].as_s().ok().cloned()).collect()
    }
}

fn sdk_config(url: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(aws_sdk_dynamodb::config::SharedCredentialsProvider::new(credentials()))
        .endpoint_url(url)
        .build()
}

fn credentials() -> Credentials {
    Credentials::new("local", "local", None, None, "tests")
}

fn tables(url: &str) -> (MemoryTable, MessagesTable) {
    let memory = MemoryTable::new(&sdk_config(url), "MemoryTable".to_owned());
    let messages = MessagesTable::new(&memory, "MessagesTable".to_owned());
    (memory, messages)
}

async fn store_many(cloud: &Cloud, count: u64, bytes: usize) {
    let changes: Vec<Change> = (1..=count).map(|n| Change::Store(message(n, &"x".repeat(bytes)))).collect();
    for piece in changes.chunks(cloud.messages.max_changes()) {
        apply(&cloud.messages, piece, Timestamp::MAX).await.unwrap();
    }
}

#[tokio::test]
async fn a_day_of_several_pages_is_read_whole() {
    let cloud = Cloud::start();
    store_many(&cloud, 600, 4_000).await;
    let stored = cloud.messages.messages_of_day(guild(), day()).await.unwrap();
    assert_eq!(stored.len(), 600);
    assert!(cloud.cloud.counters().dynamodb_requests["Query"] >= 3, "2.4 MB are more than two pages");
}

#[tokio::test]
async fn rule_14_a_page_that_fails_fails_the_whole_read() {
    let cloud = Cloud::start();
    store_many(&cloud, 300, 4_000).await;
    cloud.cloud.store().fail_next("Query", 100);
    let read = cloud.messages.messages_of_day(guild(), day()).await;
    assert!(matches!(read, Err(StoreError::Unavailable { .. })), "{read:?}");
}

#[tokio::test]
async fn what_dynamodb_leaves_unprocessed_is_asked_for_again() {
    let cloud = Cloud::start();
    store_many(&cloud, 250, 10).await;
    cloud.cloud.store().answer_at_most(Some(30));
    let ids: Vec<_> = (1..=250).map(|n| message(n, "").id).collect();
    assert_eq!(cloud.messages.stored_day(guild(), day(), &ids).await.unwrap().messages.len(), 250);
    let people: Vec<UserId> = (1..=100).map(user).collect();
    assert_eq!(cloud.memory.people(guild(), &people).await.unwrap().len(), 100);
}

#[tokio::test]
async fn throttled_requests_are_tried_again() {
    let cloud = Cloud::start();
    cloud.cloud.store().throttle_every(2, Throttle::ProvisionedThroughput);
    store_many(&cloud, 300, 10).await;
    assert_eq!(cloud.messages.messages_of_day(guild(), day()).await.unwrap().len(), 300);
    cloud.cloud.store().throttle_every(1, Throttle::Throttling);
    assert_eq!(cloud.memory.read_day(guild(), day(), TextsOf::Everybody).await, Err(StoreError::Throttled));
}

#[tokio::test]
async fn rule_14_a_window_that_cannot_be_read_is_an_error_in_every_place() {
    let cloud = Cloud::start();
    let days: Vec<_> = (0..7).map(|n| day().days_before(n)).collect();
    let people: Vec<UserId> = (1..=100).map(user).collect();
    cloud.cloud.store().fail_next("BatchGetItem", 100);
    let window = cloud.memory.read_window(guild(), &days, &people).await;
    assert!(window.days.values().all(|day| matches!(day, Err(StoreError::Unavailable { .. }))));
    assert!(window.people.values().all(|person| matches!(person, Err(StoreError::Unavailable { .. }))));
}

#[tokio::test]
async fn rule_7_a_window_is_one_request_for_forty_people_and_three_for_a_hundred() {
    let cloud = Cloud::start();
    let days: Vec<_> = (0..7).map(|n| day().days_before(n)).collect();
    for (people, requests) in [(5, 1), (40, 1), (42, 1), (43, 2), (100, 3)] {
        let people: Vec<UserId> = (1..=people).map(user).collect();
        let before = cloud.batch_gets();
        cloud.memory.read_window(guild(), &days, &people).await;
        assert_eq!(cloud.batch_gets() - before, requests, "{} people", people.len());
    }
}

#[tokio::test]
async fn rule_7_a_process_reads_a_final_summary_once_and_notices_every_change() {
    let cloud = Cloud::start();
    let keeping = tables(cloud.cloud.url()).0.keeping_summaries();
    let large = |text: &str| BTreeMap::from([(user(10), text.repeat(40_000))]);
    commit(&cloud.messages, &cloud.memory, &summary(1, large("a"))).await.unwrap();
    cloud.cloud.store().count_capacity(true);
    let read = async || {
        let before = cloud.cloud.store().capacity().read_units;
        let mut window = keeping.read_window(guild(), &[day()], &[user(10)]).await;
        let summary = window.days.remove(&day()).unwrap().unwrap().summary;
        let first = summary.and_then(|summary| summary.texts[&user(10)].chars().next());
        (first, cloud.cloud.store().capacity().read_units - before)
    };
    let (first, whole) = read().await;
    let (again, kept) = read().await;
    assert_eq!((first, again), (Some('a'), Some('a')));
    assert!(whole > 10.0 && kept <= 5.0, "{whole} read units, then {kept}");

    commit(&cloud.messages, &cloud.memory, &summary(1, large("b"))).await.unwrap();
    assert_eq!(read().await.0, Some('b'), "of the same version, and another");
    let open = DaySummary { expires_at: Some(now() + MEMORY_LIFE), ..summary(1, large("c")) };
    commit(&cloud.messages, &cloud.memory, &open).await.unwrap();
    assert_eq!((read().await.0, read().await.0), (Some('c'), Some('c')));
    assert!(read().await.1 > 10.0, "what has an end is read each time");

    commit(&cloud.messages, &cloud.memory, &summary(1, large("d"))).await.unwrap();
    assert_eq!(read().await.0, Some('d'));
    cloud.memory.purge_day(guild(), day(), 2).await.unwrap();
    apply(&cloud.messages, &[Change::Delete(message(1, "").id)], expiry()).await.unwrap();
    assert_eq!(read().await.0, None, "what was deleted from is kept by nobody");
}

#[tokio::test]
async fn a_replaced_summary_leaves_no_parts_behind() {
    let cloud = Cloud::start();
    let texts: BTreeMap<UserId, String> = (1..=500).map(|n| (user(n), "x".repeat(1_500))).collect();
    for _ in 0..2 {
        commit(&cloud.messages, &cloud.memory, &summary(1, texts.clone())).await.unwrap();
        let parts = cloud.keys_of_memory().await.iter().filter(|key| key.starts_with("PART#")).count();
        assert_eq!(parts, 24, "750 KB in pieces of 32 KB");
    }
    commit(&cloud.messages, &cloud.memory, &summary(1, BTreeMap::new())).await.unwrap();
    assert_eq!(cloud.keys_of_memory().await, ["PEOPLE", "2026-11-20#LEDGER", "2026-11-20#SUMMARY"]);
}

/// What is said of summaries without an end holds of those with one.
#[tokio::test]
async fn rule_46_a_final_summary_that_has_an_end_is_as_final_as_any() {
    let ending = |cloud: &Cloud| cloud.memory.clone().keeping_summaries_for(SummaryRetention::of_days(7));
    let cloud = Cloud::start();
    contract::a_final_summary_has_no_end_and_an_open_one_has(&cloud.messages, &ending(&cloud)).await;
    let cloud = Cloud::start();
    contract::rule_5_a_summary_is_renewed_unless_it_is_another_by_now(&cloud.messages, &ending(&cloud)).await;
    let cloud = Cloud::start();
    contract::a_summary_of_a_thousand_people_comes_back_whole(&cloud.messages, &ending(&cloud)).await;
    let cloud = Cloud::start();
    contract::rule_19_a_deletion_fences_commits_and_a_purge_leaves_no_words(&cloud.messages, &ending(&cloud)).await;
}

#[tokio::test]
async fn rule_46_dynamodb_deletes_a_final_summary_by_the_date_of_its_day() {
    let cloud = Cloud::start();
    let ending = cloud.memory.clone().keeping_summaries_for(SummaryRetention::of_days(7));
    let ends = async || -> BTreeMap<String, String> {
        let items = cloud.items("MemoryTable").await;
        let end = |item: &HashMap<String, AttributeValue>| Some(item.get("expires_at")?.as_n().ok()?.clone());
        items.iter().filter_map(|item| Some((item["sk"].as_s().ok()?.clone(), end(item)?))).collect()
    };
    let in_parts: BTreeMap<UserId, String> = (1..=100).map(|n| (user(n), "x".repeat(1_500))).collect();
    let open = DaySummary { expires_at: Some(now() + MEMORY_LIFE), ..summary(1, in_parts.clone()) };
    let last = at("2026-11-28T00:00:00Z");
    let seconds = |at: Timestamp| at.as_second().to_string();
    for (committed, renewed) in [(open, true), (summary(1, in_parts), false)] {
        commit(&cloud.messages, &ending, &committed).await.unwrap();
        if renewed {
            assert_eq!(ends().await["2026-11-20#SUMMARY"], seconds(now() + MEMORY_LIFE));
            ending.renew_summary(guild(), day(), &committed, None).await.unwrap();
        }
        let ends = ends().await;
        assert_eq!(ends["2026-11-20#SUMMARY"], seconds(last));
        assert_eq!(ends["PEOPLE"], seconds(last + MEMORY_LIFE), "a purge finds all memories that used the day");
        let parts: Vec<&String> = ends.iter().filter(|(sk, _)| sk.starts_with("PART#")).map(|(_, end)| end).collect();
        assert!(parts.len() > 3 && parts.iter().all(|end| **end == seconds(last)), "{parts:?}");
    }
    let keeping = ending.keeping_summaries();
    let small = summary(1, BTreeMap::from([(user(10), "sailed".to_owned())]));
    commit(&cloud.messages, &keeping, &small).await.unwrap();
    let read = async || keeping.read_window(guild(), &[day()], &[user(10)]).await.days.remove(&day()).unwrap().unwrap();
    for _ in 0..2 {
        assert_eq!(read().await.summary, Some(small.clone()), "it is kept by a process like any other");
    }
}

#[tokio::test]
async fn a_lease_on_a_memory_keeps_the_item_for_as_long_as_a_memory_lives() {
    let cloud = Cloud::start();
    let on = memory_of(10, "inputs", 1);
    assert!(cloud.memory.acquire(guild(), &on, &lease(1, LONG), now()).await.unwrap());
    let items = cloud.items("MemoryTable").await;
    assert_eq!(items[0]["sk"], AttributeValue::S("MEMORY".to_owned()));
    let end = (now() + MEMORY_LIFE).as_second();
    assert_eq!(items[0]["expires_at"], AttributeValue::N(end.to_string()));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let nowhere = local_cloud::Nowhere::new().unwrap();
    let read = tables(nowhere.url()).0.read_day(guild(), day(), TextsOf::Everybody).await;
    assert!(matches!(read, Err(StoreError::Unavailable { .. })), "{read:?}");
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_corrupt_and_not_quoted() {
    let cloud = Cloud::start();
    let put = cloud.client().put_item().table_name("MemoryTable");
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let put = put.item("pk", text("G#998100000000000001#DAYS")).item("sk", text("2026-11-20#LEDGER"));
    put.item("version", text("hush")).send().await.unwrap();
    let error = cloud.memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap_err();
    let expected = "the item G#998100000000000001#DAYS / 2026-11-20#LEDGER cannot be read";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn expired_items_are_handed_out_for_the_reader_to_judge() {
    let cloud = Cloud::start();
    apply(&cloud.messages, &[Change::Store(message(1, "old"))], Timestamp::UNIX_EPOCH).await.unwrap();
    let stored = cloud.messages.messages_of_day(guild(), day()).await.unwrap();
    assert!(stored[0].is_expired(Timestamp::now()));
}

#[tokio::test]
async fn facts_taught_at_the_same_time_are_all_remembered() {
    let cloud = Cloud::start();
    let deps = guild_memory::app::people::Deps {
        memory: cloud.memory.clone(),
        messages: cloud.messages.clone(),
        clock: SystemClock,
        retention: guild_memory::testing::RETENTION,
        allowed_guilds: guild_memory::domain::AllowedGuilds::default(),
        summary_retention: guild_memory::domain::SummaryRetention::default(),
        left_kept_for: Some(jiff::SignedDuration::from_hours(30 * 24)),
    };
    let deadline = guild_memory::app::Deadline::new(std::time::Duration::from_secs(60), None);
    let teach = |n: usize| {
        let event =
            serde_json::json!({"guild_id": "1", "user_id": "10", "op": "remember", "text": format!("fact {n}")});
        let request = guild_memory::app::decode(event).unwrap();
        guild_memory::app::people::people(&deps, deadline, request)
    };
    let taught = futures::future::join_all((0..8).map(teach)).await;
    assert!(taught.iter().all(Result::is_ok));
    let guild = "1".parse().unwrap();
    let known = cloud.memory.people(guild, &[user(10)]).await.unwrap();
    assert_eq!(known[&user(10)].facts.len(), 8);
}

#[tokio::test]
async fn batches_that_change_the_same_day_at_the_same_time_are_all_stored() {
    let cloud = Cloud::start();
    let deps = guild_memory::app::ingest_messages::Deps {
        memory: cloud.memory.clone(),
        messages: cloud.messages.clone(),
        clock: SystemClock,
        retention: RETENTION,
        allowed_guilds: guild_memory::domain::AllowedGuilds::default(),
        discord_guilds: std::collections::BTreeSet::new(),
    };
    let send = |batch: u64| {
        let messages: Vec<_> = (1..=150)
            .map(|n| {
                let id = message(batch * 1_000 + n, "").id;
                let author = serde_json::json!({"id": "10", "name": "Ann"});
                serde_json::json!({"id": id, "channel_id": "7", "author": author, "content": "hello"})
            })
            .collect();
        let request =
            guild_memory::app::decode(serde_json::json!({"guild_id": guild(), "messages": messages})).unwrap();
        guild_memory::app::ingest_messages::ingest_messages(&deps, request)
    };
    let reports = futures::future::join_all((1..=4).map(send)).await;
    assert!(reports.iter().all(|report| report.as_ref().is_ok_and(|report| report.stored == 150)), "{reports:?}");
    let record = cloud.memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap();
    let transactions = 4 * 150_u64.div_ceil(cloud.messages.max_changes() as u64);
    assert_eq!(counts(record.ledger), Some((transactions, 0, 600)));
}
