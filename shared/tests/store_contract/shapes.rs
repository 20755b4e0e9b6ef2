//! Items of other versions: those from before items said their shape are read as ever; those of a later version are made again
//! or said to be unreadable, and are never in the way.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use guild_memory::{
    domain::{
        Allowance, Answers, Asked, Audience, ChunkOutcome, Cursor, Day, Line, OpenChannels, Pace, SummaryStatus,
        Teachers,
    },
    ports::{
        ClaimInteractions, CommitMemory, CoolModels, FindByName, HoldLeases, KeepChunks, KeepCursors, KeepLines,
        KeepOpenChannels, KeepPaces, KeepRoles, LeaseOn, LimitAnswers, PurgeDay, ReadDay, ReadLedgers, ReadMessages,
        ReadOpenChannels, ReadPeople, ReadRoles, ReadSettings, ReadWindow, SpendBudget, Spending, StoreError, TextsOf,
    },
};
use serde_json::Value;

use super::{
    contract::{self, LONG, at, day, guild, lease, merged, now, owner, user},
    dynamodb::Cloud,
};

type Item = HashMap<String, AttributeValue>;

/// Every kind of item, as it was written before items said their shape.
const YESTERDAY: &str = include_str!("yesterday.json");
const NEXT_SHAPE: &str = "2";

fn yesterday(table: &str) -> Vec<Item> {
    let tables: Value = serde_json::from_str(YESTERDAY).unwrap();
    let entries = |item: &Value| item.as_object().unwrap().iter().map(|(k, v)| (k.clone(), attribute(v))).collect();
    tables[table].as_array().unwrap().iter().map(entries).collect()
}

/// From DynamoDB's JSON.
fn attribute(value: &Value) -> AttributeValue {
    let (kind, value) = value.as_object().unwrap().iter().next().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    match kind.as_str() {
        "S" => AttributeValue::S(text(value)),
        "N" => AttributeValue::N(text(value)),
        "BOOL" => AttributeValue::Bool(value.as_bool().unwrap()),
        "SS" => AttributeValue::Ss(value.as_array().unwrap().iter().map(text).collect()),
        "L" => AttributeValue::L(value.as_array().unwrap().iter().map(attribute).collect()),
        "M" => AttributeValue::M(value.as_object().unwrap().iter().map(|(k, v)| (k.clone(), attribute(v))).collect()),
        _ => panic!("{kind}"),
    }
}

/// A store of yesterday, with the items of a later version that have such a sort key.
async fn store(is_later: impl Fn(&str) -> bool) -> Cloud {
    let cloud = Cloud::start();
    for table in ["MemoryTable", "MessagesTable"] {
        for mut item in yesterday(table) {
            if is_later(item["sk"].as_s().unwrap()) {
                item.insert("v".to_owned(), AttributeValue::N(NEXT_SHAPE.to_owned()));
            }
            cloud.client().put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
        }
    }
    cloud
}

fn other_day() -> Day {
    day().days_before(1)
}

fn models() -> [String; 1] {
    ["gemini:a".to_owned()]
}

fn is_damaged<T>(read: Result<T, StoreError>, key: &str) {
    let Err(error) = read else { panic!("{key} was read") };
    assert!(matches!(&error, StoreError::Corrupt { item } if item.contains(key)), "{error}");
}

#[tokio::test]
async fn messages_and_days_of_yesterday_are_read() {
    let cloud = store(|_| false).await;
    let (memory, messages) = (&cloud.memory, &cloud.messages);
    let stored = messages.messages_of_day(guild(), day()).await.unwrap();
    assert_eq!(stored.iter().map(|stored| stored.came_in).collect::<Vec<_>>(), [3, 0]);
    let first = stored[0].message.as_ref().unwrap();
    assert_eq!((first.body.mentions.len(), first.body.attachments.len()), (1, 1));
    assert!(first.body.edited_at.is_some() && first.body.reply_to.is_some());

    let record = memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap();
    assert_eq!((record.ledger.unwrap().purged_version, record.summary.unwrap().texts.len()), (2, 1));
    assert!(record.build.lease.is_some() && record.build.last_failure.is_some());
    let summary = memory.read_day(guild(), other_day(), TextsOf::Everybody).await.unwrap().summary.unwrap();
    assert_eq!((summary.status, summary.texts.len(), summary.blocked_messages), (SummaryStatus::Built, 2, 4));
    assert_eq!(memory.ledgers_of_guild(guild()).await.unwrap().len(), 2);
    for hash in ["summarized", "blocked", "halved"] {
        assert!(memory.kept_chunk(guild(), day(), hash).await.unwrap().is_some(), "{hash}");
    }
    assert_eq!(memory.kept_cut(guild(), day()).await.unwrap().0.len(), 2);
    let summarized = memory.kept_chunk(guild(), day(), "summarized").await.unwrap().unwrap();
    assert!(matches!(summarized.outcome, ChunkOutcome::Summarized { texts, .. } if texts.len() == 1));
}

#[tokio::test]
async fn people_and_memories_of_yesterday_are_read_and_purged() {
    let cloud = store(|_| false).await;
    let memory = &cloud.memory;
    let window = memory.read_window(guild(), &[], &[user(10), user(11)]).await;
    let [ann, ben] = [10, 11].map(|n| window.people[&user(n)].clone().unwrap());
    assert_eq!((ann.person.fact_texts(), ann.person.facts_revision), (vec!["likes tea"], 4));
    assert_eq!((ann.person.name(), ann.person.names.len(), ann.person.names_taken_back), (Some("Ann"), 2, 2));
    assert!(ann.person.aliases["Captain"].taught_by.is_some() && ben.person.aliases.contains_key("Benny"));
    assert_eq!(ann.memory.unwrap().text, "Ann sails.");
    assert!(ann.build.lease.is_some() && ben.build.last_failure.is_some() && ben.memory.is_none());
    assert_eq!(memory.seen_as(guild(), "Ann").await.unwrap(), [user(10)]);
    assert_eq!(memory.asked(guild(), user(10)).await.unwrap().0, [at("2026-11-20T12:00:00.25Z")]);

    memory.purge_day(guild(), day(), 4).await.unwrap();
    let window = memory.read_window(guild(), &[], &[user(10)]).await;
    assert_eq!(window.people[&user(10)].as_ref().unwrap().memory, None);
    assert_eq!(memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().summary, None);
}

#[tokio::test]
async fn guilds_models_and_interactions_of_yesterday_are_read() {
    let cloud = store(|_| false).await;
    let memory = &cloud.memory;
    let settings = memory.settings(guild()).await.unwrap();
    assert_eq!((settings.channels.len(), settings.teachers, settings.revision), (2, Teachers::Oneself, 1));
    assert_eq!(memory.kept_roles(guild()).await.unwrap().unwrap().roles.permissions.len(), 1);
    let open = memory.open_channels(guild()).await.unwrap().unwrap();
    assert_eq!((open.channels.len(), open.parents.len(), open.sweep_due), (1, 1, true));
    let cursors = memory.cursors(guild()).await.unwrap();
    let cursor = &cursors[&"70".parse().unwrap()];
    assert_eq!(cursor.after.get(), 100);
    assert!(cursor.reconciliation.is_some() && cursor.forbidden_until.is_some() && cursor.complete_at.is_some());
    assert_eq!(memory.cooldowns(&models()).await.unwrap().len(), 1);
    let full = Allowance { period: "2026-11-20".to_owned(), until: now(), requests: Some(2), tokens: None };
    assert_eq!(memory.spend("gemini:a", &[full], 1).await, Ok(Spending::Refused { until: now() }));
    let line = memory.line("gemini:a").await.unwrap();
    let places: Vec<_> = line.places.iter().map(|place| (place.has_turn, place.is_background)).collect();
    assert_eq!((line.revision, places), (7, vec![(true, false), (false, true)]));
    let pace = memory.pace("gemini:a").await.unwrap();
    assert_eq!((pace.tokens_per_member(), pace.recent.members), (50, 75));
    assert_eq!(memory.claim("5".parse().unwrap(), now(), now()).await, Ok(false), "it was claimed");
}

#[tokio::test]
async fn what_a_later_version_wrote_and_can_be_made_again_counts_as_missing() {
    let cloud = store(|sk| !sk.ends_with("LEDGER") && !["PERSON", "SETTINGS"].contains(&sk)).await;
    let memory = &cloud.memory;
    assert_eq!(memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().summary, None);
    assert_eq!(memory.kept_chunk(guild(), day(), "summarized").await, Ok(None));
    let window = memory.read_window(guild(), &[], &[user(10)]).await;
    let ann = window.people[&user(10)].as_ref().unwrap();
    assert!(ann.memory.is_none() && ann.build.lease.is_some(), "who merges is known");
    assert_eq!(memory.kept_roles(guild()).await, Ok(None));
    assert_eq!(memory.open_channels(guild()).await, Ok(None));
    assert_eq!(memory.asked(guild(), user(10)).await, Ok(Asked::default()));
    assert_eq!(memory.line("gemini:a").await, Ok(Line::default()));
    assert_eq!(memory.pace("gemini:a").await, Ok(Pace::default()));
    assert!(memory.cursors(guild()).await.unwrap().is_empty() && memory.cooldowns(&models()).await.unwrap().is_empty());

    let cloud = store(|sk| sk.ends_with("#1")).await;
    let memory = &cloud.memory;
    assert_eq!(
        memory.read_day(guild(), other_day(), TextsOf::Everybody).await.unwrap().summary,
        None,
        "one part is of a later version"
    );
}

#[tokio::test]
async fn what_a_later_version_wrote_is_replaced_by_what_is_made_again() {
    let cloud = store(|sk| !sk.ends_with("LEDGER")).await;
    let memory = &cloud.memory;
    // Nothing of this would replace what can be read: it is older.
    let earlier = now() - jiff::SignedDuration::from_hours(1);
    let cursor = Cursor { after: "9".parse().unwrap(), ..Cursor::new(None, now(), 7) };
    memory.save_cursor(guild(), "70".parse().unwrap(), &cursor).await.unwrap();
    assert_eq!(memory.cursors(guild()).await.unwrap(), BTreeMap::from([("70".parse().unwrap(), cursor)]));

    let roles = guild_memory::domain::KeptRoles { roles: Default::default(), read_at: earlier };
    memory.keep_roles(guild(), &roles).await.unwrap();
    assert_eq!(memory.kept_roles(guild()).await, Ok(Some(roles)));
    let open = OpenChannels {
        audience: Audience::Everyone,
        channels: BTreeSet::new(),
        parents: BTreeMap::new(),
        read_at: earlier,
        sweep_due: true,
        sweep_again_at: Some(jiff::Timestamp::UNIX_EPOCH),
    };
    memory.keep_open_channels(guild(), None, &open).await.unwrap();
    assert_eq!(memory.open_channels(guild()).await, Ok(Some(open)));
    let asked = Asked::default().once_more(now()).unwrap();
    memory.note_asked(guild(), user(10), &Asked::default(), &asked).await.unwrap();
    assert_eq!(memory.asked(guild(), user(10)).await, Ok(asked));
    memory.keep_line("gemini:a", &Line::default()).await.unwrap();
    assert_eq!(memory.line("gemini:a").await.unwrap().revision, 1);
    let mut pace = Pace::default();
    pace.learn(Answers { members: 1, tokens: 50, millis: 900 });
    memory.keep_pace("gemini:a", &pace, now()).await.unwrap();
    assert_eq!(memory.pace("gemini:a").await, Ok(pace));
}

#[tokio::test]
async fn rule_9_a_memory_of_a_later_version_is_merged_again_by_one_at_a_time() {
    let cloud = store(|sk| sk == "MEMORY").await;
    let memory = &cloud.memory;
    let on = LeaseOn::Memory { user: user(10), inputs: "in".to_owned(), day_versions: merged().day_versions };
    assert_eq!(memory.acquire(guild(), &on, &lease(1, LONG), now()).await, Ok(false), "somebody merges it");
    let later = at(LONG) + jiff::SignedDuration::from_secs(1);
    let long = "2026-11-20T12:10:00Z";
    assert_eq!(memory.acquire(guild(), &on, &lease(2, long), later).await, Ok(true));
    assert_eq!(memory.acquire(guild(), &on, &lease(2, long), later).await, Ok(true), "an answer may be lost");
    assert_eq!(memory.acquire(guild(), &on, &lease(3, long), later).await, Ok(false));
    memory.renew(guild(), &on, &lease(2, long)).await.unwrap();
    memory.commit_memory(guild(), user(10), &merged(), &owner(2)).await.unwrap();
    let window = memory.read_window(guild(), &[], &[user(10)]).await;
    assert_eq!(window.people[&user(10)].as_ref().unwrap().memory, Some(merged()));
}

#[tokio::test]
async fn what_a_later_version_wrote_and_cannot_be_made_again_is_an_error_that_names_it() {
    let cloud = store(|_| true).await;
    let (memory, messages) = (&cloud.memory, &cloud.messages);
    is_damaged(memory.read_day(guild(), day(), TextsOf::Everybody).await, "2026-11-20#LEDGER");
    is_damaged(memory.ledgers_of_guild(guild()).await, "#LEDGER");
    is_damaged(memory.people(guild(), &[user(10)]).await, "PERSON");
    is_damaged(memory.read_window(guild(), &[], &[user(10)]).await.people[&user(10)].clone(), "PERSON");
    is_damaged(memory.settings(guild()).await, "SETTINGS");
    is_damaged(messages.messages_of_day(guild(), day()).await, "998100000000000001#2026-11-20");

    // Of whom anything is kept is not known then (DESIGN rule 42).
    let cloud = store(|sk| sk == "SETTINGS").await;
    let memory = &cloud.memory;
    is_damaged(memory.people(guild(), &[user(10)]).await, "SETTINGS");
    is_damaged(memory.read_window(guild(), &[], &[user(10)]).await.people[&user(10)].clone(), "SETTINGS");
}

#[tokio::test]
async fn rule_19_a_purge_leaves_nothing_that_a_later_version_wrote() {
    let cloud = store(|sk| !sk.ends_with("LEDGER") && !["PEOPLE", "PERSON", "SETTINGS"].contains(&sk)).await;
    // What says version 3 where this version looks for one would be from after the deletion.
    cloud.memory.purge_day(guild(), day(), 3).await.unwrap();
    let left = format!("{:?}", cloud.items("MemoryTable").await);
    for words in ["Ann sailed.", "Ann sails."] {
        assert!(!left.contains(words), "{words}");
    }
    let window = cloud.memory.read_window(guild(), &[], &[user(10), user(11)]).await;
    let leases = window.people.values().map(|person| person.as_ref().unwrap().build.lease.clone());
    assert!(leases.into_iter().all(|lease| lease.is_none()), "they do not say which days they are for");
}

/// Runs tests of the contract, each on a store of its own, and has all that they leave there.
macro_rules! written_by {
    ($($test:ident),+ $(,)?) => {{
        let mut items = Vec::new();
        $(
            let cloud = Cloud::start();
            contract::$test(&cloud.messages, &cloud.memory).await;
            items.extend(cloud.items("MemoryTable").await);
            items.extend(cloud.items("MessagesTable").await);
        )+
        items
    }};
}

/// `2026-11-20#LEDGER` is a `LEDGER`, `CHUNK#…` is a `CHUNK`, and what has neither a `NAME` or a message.
fn kind(item: &Item) -> String {
    let (pk, sk) = (item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap());
    match sk.split('#').find(|word| word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_uppercase())) {
        Some(word) => word.to_owned(),
        None if pk.ends_with("#NAMES") => "NAME".to_owned(),
        None => "MESSAGE".to_owned(),
    }
}

#[tokio::test]
async fn every_kind_of_item_says_its_shape() {
    let written = written_by!(
        a_tombstone_is_no_message_and_an_edit_keeps_its_expiry,
        a_summary_of_a_thousand_people_comes_back_whole,
        rule_15_a_chunk_is_kept_under_its_hash,
        rule_33_how_a_day_is_cut_is_kept,
        a_memory_comes_back_whole,
        rule_9_a_lease_on_a_memory_is_tied_to_its_inputs,
        what_was_taught_changes_only_at_the_revision_that_was_seen,
        rule_29_people_are_found_by_the_names_they_are_seen_under,
        rule_30_no_answer_is_counted_over_another,
        settings_change_only_at_the_revision_that_was_seen,
        rule_27_the_latest_roles_are_kept,
        rule_28_open_channels_change_only_as_they_were_seen,
        a_cursor_never_goes_back,
        rule_10_a_cooldown_only_ever_grows,
        a_budget_has_room_until_it_is_spent,
        rule_33_how_fast_a_model_writes_is_kept,
        rule_34_a_line_changes_only_as_it_was_seen,
        an_interaction_is_claimed_once_until_its_claim_runs_out,
    );
    for item in &written {
        assert_eq!(item.get("v"), Some(&AttributeValue::N("1".to_owned())), "{} / {:?}", kind(item), item["sk"]);
    }
    let of_yesterday = [yesterday("MemoryTable"), yesterday("MessagesTable")].concat();
    let kinds = |items: &[Item]| items.iter().map(kind).collect::<BTreeSet<_>>();
    assert_eq!(kinds(&written), kinds(&of_yesterday), "there is an item of yesterday of every kind");
}
