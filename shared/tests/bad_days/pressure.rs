//! What large guilds, small accounts and odd items do to the core: each seen to fail.
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::join_all;
use guild_memory::{
    app::{
        Cooldowns, Deadline, ModelChain,
        build_memories::{self, build_memories},
        decode, ingest_messages,
    },
    contract::{DayReport, DayRequest, DayState, DayStatus},
    domain::{AllowedGuilds, Budget, Calendar, Day, GuildId, Message, MessageId, Source, StoredMessage, UserId},
    ports::{
        CoolModels as _, DayChange, InvokeError, ReadDay as _, ReadMessages as _, StoreError, StoredDay, SummarizeDay,
        WarmMemories, WriteMessages,
    },
    testing::RETENTION,
};
use serde_json::json;
use tokio::sync::Semaphore;

use super::world::{InProcess, World, day, guild, text, user};

const DATE: &str = "2026-11-20";
const OTHER: &str = "2026-11-19";

/// Rule 3: a memory that is there and cannot be read counts as missing and is made again.
#[tokio::test]
#[ignore = "issue H"]
async fn a_memory_that_cannot_be_read_is_made_again_for_the_same_inputs() {
    let world = World::start();
    for date in [DATE, OTHER] {
        world.say(date, "10:00", 10, "hello").await;
    }
    let first = world.memories(&[10]).await;
    assert_eq!(first.sources[&user(10)], Source::Merged);
    // One attribute of it becomes unreadable: of another version of the product, say.
    world
        .database
        .update_item()
        .table_name("MemoryTable")
        .key("pk", AttributeValue::S(format!("G#{}#P#10", guild())))
        .key("sk", AttributeValue::S("MEMORY".into()))
        .update_expression("SET day_versions = :x")
        .expression_attribute_values(":x", AttributeValue::S("?".into()))
        .send()
        .await
        .unwrap();
    let begun = std::time::Instant::now();
    let again = world.memories_within(&[10], Duration::from_secs(6)).await;
    println!(
        "corrupt memory: {:?} after {:?}; model calls {}, requests {:?}",
        again.sources[&user(10)],
        begun.elapsed(),
        world.model.calls(),
        world.cloud.counters().dynamodb_requests
    );
    assert_eq!(again.sources[&user(10)], Source::Merged);
}

/// Two options of one model in a chain: a fallback without JSON mode, say.
#[tokio::test]
#[ignore = "issue H"]
async fn cooldowns_of_a_chain_that_names_a_model_twice() {
    let world = World::start();
    let memory = &world.memory;
    memory.cool_down("gemini:a", "2026-11-22T12:10:00Z".parse().unwrap()).await.unwrap();
    let twice = ["gemini:a".to_owned(), "gemini:a".to_owned()];
    let read = memory.cooldowns(&twice).await;
    println!("duplicates: {read:?}");
    assert!(read.is_ok_and(|read| read.len() == 1));
}

/// All functions of an account share its concurrent executions.
struct Limited<M>(InProcess<M>, Arc<Semaphore>, Arc<AtomicUsize>, Arc<AtomicUsize>);
impl<M: guild_memory::ports::LanguageModel> SummarizeDay for Limited<M> {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        let Ok(_slot) = self.1.try_acquire() else {
            self.2.fetch_add(1, Ordering::SeqCst);
            return Err(InvokeError::Throttled);
        };
        self.0.summarize_day(request).await
    }
}
impl<M: guild_memory::ports::LanguageModel> WarmMemories for Limited<M> {
    async fn warm_memories(&self, _: GuildId, _: &[UserId]) -> Result<(), InvokeError> {
        self.3.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

async fn callers_on_an_account(callers: usize, slots: usize, wait: Duration) -> (usize, usize, usize, Duration) {
    let world = World::start();
    for date in [DATE, OTHER] {
        world.say(date, "10:00", 10, "hello").await;
    }
    let account = Arc::new(Semaphore::new(slots));
    let (throttled, warm) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let begun = std::time::Instant::now();
    let answers = join_all((0..callers).map(|_| async {
        let _slot = account.try_acquire().expect("get_memories itself has a slot");
        let memory = world.memory.clone();
        let chain = |model| ModelChain::new(vec![(model, Budget::default())], memory.clone(), world.clock.clone());
        let functions = Limited(
            InProcess(world.day_deps(chain(world.model.clone()))),
            account.clone(),
            throttled.clone(),
            warm.clone(),
        );
        let deps = build_memories::Deps {
            functions,
            model: chain(world.model.clone()),
            summary_cooldowns: Cooldowns::new(memory.clone(), world.clock.clone(), vec!["test:model".to_owned()]),
            clock: world.clock.clone(),
            calendar: Calendar { history_days: 6, settle: Duration::from_secs(1200) },
            memory: memory.clone(),
        };
        let request = json!({"guild_id": guild(), "user_ids": [10]});
        let deadline = Deadline::new(Duration::from_secs(180), Some(wait));
        build_memories(&deps, deadline, decode(request).unwrap()).await.unwrap()
    }))
    .await;
    let got = answers.iter().filter(|answer| text(answer, 10).contains("hello")).count();
    (got, throttled.load(Ordering::SeqCst), warm.load(Ordering::SeqCst), begun.elapsed())
}

#[tokio::test]
#[ignore = "issue H"]
async fn ten_cold_callers_on_an_account_with_ten_concurrent_executions() {
    let eleven = callers_on_an_account(10, 11, Duration::from_secs(8)).await;
    println!(
        "10 callers, 11 slots: answered with days {}, throttled {}, handed over {}, {:?}",
        eleven.0, eleven.1, eleven.2, eleven.3
    );
    let ten = callers_on_an_account(10, 10, Duration::from_secs(8)).await;
    println!(
        "10 callers, 10 slots: answered with days {}, throttled {}, handed over {}, {:?}",
        ten.0, ten.1, ten.2, ten.3
    );
    assert_eq!(ten.0, 10);
}

/// A read of the ledger that sees a transaction, followed by a read of a message that does not see it yet: DynamoDB allows
/// that (read-committed between a transaction and BatchGetItem or Query).
struct Torn<'a> {
    inner: &'a guild_memory::adapters::dynamodb::MessagesTable,
    old: std::sync::Mutex<Option<BTreeMap<MessageId, StoredMessage>>>,
}
impl WriteMessages for Torn<'_> {
    async fn stored_day(&self, guild: GuildId, day: Day, ids: &[MessageId]) -> Result<StoredDay, StoreError> {
        let stored = self.inner.stored_day(guild, day, ids).await?;
        let old = self.old.lock().unwrap().take();
        Ok(StoredDay { messages: old.unwrap_or(stored.messages), ..stored })
    }
    async fn change_day(&self, guild: GuildId, day: Day, change: DayChange<'_>) -> Result<(), StoreError> {
        self.inner.change_day(guild, day, change).await
    }
}

#[tokio::test]
#[ignore = "issue H"]
async fn an_edit_that_saw_the_ledger_of_a_deletion_and_not_yet_its_tombstone() {
    let world = World::start();
    let id = world.say(DATE, "10:00", 10, "a secret").await;
    world.say(DATE, "10:01", 10, "harmless").await;
    let before = world.messages.stored_day(guild(), day(DATE), &[id]).await.unwrap().messages;
    world.delete(id).await;
    let torn = Torn { inner: &world.messages, old: std::sync::Mutex::new(Some(before)) };
    let edit = json!({"guild_id": guild(), "messages": [{"id": id, "channel_id": "7", "author": {"id": "10", "name": "Ann"}, "content": "a secret, edited",
        "edited_at": "2026-11-20T10:00:30Z"}]});
    let deps = ingest_messages::Deps {
        memory: world.memory.clone(),
        messages: torn,
        clock: world.clock.clone(),
        retention: RETENTION,
        allowed_guilds: AllowedGuilds::default(),
        discord_guilds: BTreeSet::new(),
    };
    let report = ingest_messages::ingest_messages(&deps, decode(edit).unwrap()).await.unwrap();
    let stored = world.messages.messages_of_day(guild(), day(DATE)).await.unwrap();
    let texts: Vec<String> =
        stored.iter().filter_map(|stored| stored.message.as_ref()).map(|m: &Message| m.body.content.clone()).collect();
    let summary = world.summarize(DATE).await.unwrap();
    println!("torn: {report:?}; stored {texts:?}; summary {:?}", summary.summaries);
    assert!(!texts.iter().any(|text| text.contains("secret")));
}

/// An export that is imported again after its messages expired.
#[tokio::test]
#[ignore = "issue H"]
async fn an_import_of_what_had_expired_can_be_summarized() {
    let world = World::start();
    let batch = || {
        json!({"messages": (1..=3).map(|n| {
        let id = guild_memory::testing::id_at(day(DATE).start(), n);
        json!({"id": id, "channel_id": "7", "author": {"id": "10", "name": "Ann"}, "content": format!("hello {n}")})
    }).collect::<Vec<_>>()})
    };
    world.ingest(batch()).await.unwrap();
    world.clock.set("2026-12-30T12:00:00Z");
    world.sweep().await;
    let report = world.ingest(batch()).await.unwrap();
    let record = world.memory.read_day(guild(), day(DATE)).await.unwrap();
    let summary = world.summarize(DATE).await.unwrap();
    println!("import again: stored {}, ledger {:?}, {:?}", report.stored, record.ledger, summary.status);
    assert_eq!(summary.status, DayStatus::Built);
}

/// A day of 3,000 authors with long texts: parts, people, purge.
#[tokio::test]
#[ignore = "issue H"]
async fn three_thousand_authors() {
    let world = World::with(guild_memory::testing::ScriptedModel::new(|prompt| {
        if prompt.data.starts_with("<person") {
            return Ok("merged".into());
        }
        let members: Vec<&str> =
            prompt.data.split("<member id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        Ok(json!({"summaries": members.iter().map(|m| json!({"member": m, "summary": "é".repeat(900)})).collect::<Vec<_>>()}).to_string())
    }));
    let mut deleted = None;
    for part in 0..2_u64 {
        let messages: Vec<_> = (1..=1500_u64).map(|n| {
            let n = part * 1500 + n;
            let id = guild_memory::testing::id_at(day(DATE).start() + jiff::SignedDuration::from_hours(10), n);
            deleted = Some(id);
            json!({"id": id, "channel_id": "7", "author": {"id": (998100000000000000 + n).to_string(), "name": format!("member {n}")}, "content": "hello"})
        }).collect();
        let report = world.ingest(json!({"messages": messages})).await.unwrap();
        assert_eq!(report.stored, 1500, "{report:?}");
    }
    let begun = std::time::Instant::now();
    let built = world.summarize(DATE).await;
    println!(
        "3000: {:?} {} texts in {:?}",
        built.as_ref().map(|b| b.status),
        built.as_ref().map_or(0, |b| b.summaries.len()),
        begun.elapsed()
    );
    let begun = std::time::Instant::now();
    let cached = world.summarize(DATE).await.unwrap();
    assert_eq!((cached.status, cached.summaries.len()), (DayStatus::Cached, 3000));
    println!("3000 read again in {:?}", begun.elapsed());
    let begun = std::time::Instant::now();
    world.delete(deleted.unwrap()).await;
    println!("3000 purge in {:?}", begun.elapsed());
    let again = world.summarize(DATE).await.unwrap();
    assert_eq!((again.status, again.summaries.len()), (DayStatus::Built, 2999));
    let answer = world.memories(&[998100000000000001]).await;
    assert_eq!(answer.days[&day(DATE)], DayState::Cached);
}

fn memory_kb(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    status
        .lines()
        .find(|line| line.starts_with(what))
        .and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap()
}

/// A large guild's cold request for 100 people: what each merge reads to know whether something was deleted.
/// PRESSURE_KEY=… PRESSURE_DDB_LOCAL=… PRESSURE_AUTHORS=… PRESSURE_PEOPLE=…
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "issue H"]
async fn big_guild_what_a_hundred_merges_read() {
    let number =
        |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (authors, people) = (number("PRESSURE_AUTHORS", 800), number("PRESSURE_PEOPLE", 100));
    let world = World::with(guild_memory::testing::ScriptedModel::new(|prompt| {
        if prompt.data.starts_with("<person") && std::env::var("PRESSURE_FAIL").is_ok() {
            return Err(guild_memory::ports::ModelError::Unavailable { reason: "down".into() });
        }
        if prompt.data.starts_with("<person") {
            return Ok("merged".into());
        }
        let members: Vec<&str> =
            prompt.data.split("<member id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        Ok(json!({"summaries": members.iter().map(|m| json!({"member": m, "summary": format!("{m} {}", "x".repeat(std::env::var("PRESSURE_TEXT").ok().and_then(|text| text.parse().ok()).unwrap_or(395)))})).collect::<Vec<_>>()}).to_string())
    }));
    for n in 0..6 {
        let date = day("2026-11-21").days_before(n);
        let messages: Vec<_> = (1..=authors).map(|n| {
            let id = guild_memory::testing::id_at(date.start() + jiff::SignedDuration::from_hours(10), n);
            json!({"id": id, "channel_id": "7", "author": {"id": (998100000000000000 + n).to_string(), "name": format!("member {n}")}, "content": "hello"})
        }).collect();
        for part in messages.chunks(1000) {
            world.ingest(json!({"messages": part})).await.unwrap();
        }
        world.summarize(&date.to_string()).await.unwrap();
    }
    let users: Vec<u64> = (1..=people).map(|n| 998100000000000000 + n).collect();
    // Directly, so that nothing but the client is in this process.
    let direct = world.directly(&std::env::var("PRESSURE_DDB_LOCAL").unwrap(), &std::env::var("PRESSURE_KEY").unwrap());
    let window: Vec<Day> = (0..7).map(|n| day("2026-11-22").days_before(n)).collect();
    use guild_memory::ports::ReadWindow as _;
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory_kb("VmRSS");
    let begun = std::time::Instant::now();
    let read = direct.memory.read_window(guild(), &window, &[]).await;
    let bytes: usize = read
        .days
        .values()
        .filter_map(|day| day.as_ref().ok()?.summary.as_ref())
        .map(|s| s.texts.values().map(|t| t.len() + 24).sum::<usize>())
        .sum();
    println!(
        "one window: {bytes} bytes of texts in {:?}, errors {}, peak +{} MB",
        begun.elapsed(),
        read.days.values().filter(|d| d.is_err()).count(),
        (memory_kb("VmHWM") - before) / 1024
    );
    drop(read);
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory_kb("VmRSS");
    let begun = std::time::Instant::now();
    let answer = direct.memories(&users).await;
    let without = answer.memories.values().filter(|text| text.is_none()).count();
    let unmerged = answer.sources.values().filter(|source| **source == Source::Unmerged).count();
    println!(
        "stand-ins: {unmerged} unmerged, {without} of them null; days {:?}",
        answer.days.values().filter(|d| **d == DayState::Cached).count()
    );
    let merged = answer.sources.values().filter(|source| **source == Source::Merged).count();
    println!(
        "{people} people, cold merges: {merged} merged in {:?}; peak +{} MB; errors {}",
        begun.elapsed(),
        (memory_kb("VmHWM") - before) / 1024,
        answer.errors.len()
    );
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory_kb("VmRSS");
    let begun = std::time::Instant::now();
    let answer = direct.memories(&users).await;
    println!(
        "warm: {:?} in {:?}; peak +{} MB",
        answer.sources.values().next(),
        begun.elapsed(),
        (memory_kb("VmHWM") - before) / 1024
    );
}

/// Rule 3 again, for a summary in parts.
#[tokio::test]
#[ignore = "issue H"]
async fn a_summary_whose_part_cannot_be_read_is_made_again() {
    let world = World::with(guild_memory::testing::ScriptedModel::new(|prompt| {
        let members = prompt.data.matches("<member ").count();
        Ok(json!({"summaries": (1..=members).map(|n| json!({"member": format!("m{n}"), "summary": "x".repeat(3_900)})).collect::<Vec<_>>()}).to_string())
    }));
    for n in 1..=200_u64 {
        world.say(DATE, "10:00", n, "hello").await;
    }
    assert_eq!(world.summarize(DATE).await.unwrap().status, DayStatus::Built);
    let parts = world
        .database
        .query()
        .table_name("MemoryTable")
        .consistent_read(true)
        .key_condition_expression("pk = :pk AND begins_with(sk, :p)")
        .expression_attribute_values(":pk", AttributeValue::S(format!("G#{}#DAY#{DATE}", guild())))
        .expression_attribute_values(":p", AttributeValue::S("PART#".into()))
        .send()
        .await
        .unwrap()
        .items
        .unwrap();
    let part = &parts[0];
    world
        .database
        .update_item()
        .table_name("MemoryTable")
        .key("pk", part["pk"].clone())
        .key("sk", part["sk"].clone())
        .update_expression("SET texts = :x")
        .expression_attribute_values(":x", AttributeValue::S("?".into()))
        .send()
        .await
        .unwrap();
    let again = world.summarize(DATE).await;
    println!("corrupt part: {:?}", again.as_ref().map(|report| report.status));
    assert_eq!(again.unwrap().status, DayStatus::Built);
}

/// Rule 19: a purge leaves no words, in an item that cannot be read either.
#[tokio::test]
#[ignore = "issue H"]
async fn a_purge_empties_a_memory_that_cannot_be_read() {
    let world = World::start();
    let id = world.say(DATE, "10:00", 10, "a secret").await;
    world.say(OTHER, "10:00", 10, "harmless").await;
    assert!(text(&world.memories(&[10]).await, 10).contains("secret"));
    world
        .database
        .update_item()
        .table_name("MemoryTable")
        .key("pk", AttributeValue::S(format!("G#{}#P#10", guild())))
        .key("sk", AttributeValue::S("MEMORY".into()))
        .update_expression("SET #u = :x")
        .expression_attribute_names("#u", "usage")
        .expression_attribute_values(":x", AttributeValue::S("?".into()))
        .send()
        .await
        .unwrap();
    world.delete(id).await;
    let left = world.everything_stored().await.contains("secret");
    println!("purge of unreadable memory: words left: {left}");
    assert!(!left);
}

/// A deletion of what was never stored, in a large guild: what it reads.
#[tokio::test]
#[ignore = "issue H"]
async fn a_deletion_that_changes_nothing_reads_everybody() {
    let world = World::start();
    let messages: Vec<_> = (1..=1000_u64).map(|n| {
        let id = guild_memory::testing::id_at(day(DATE).start() + jiff::SignedDuration::from_hours(10), n);
        json!({"id": id, "channel_id": "7", "author": {"id": n.to_string(), "name": format!("member {n}")}, "content": "hello"})
    }).collect();
    world.ingest(json!({"messages": messages})).await.unwrap();
    world.summarize(DATE).await.unwrap();
    world.delete(guild_memory::testing::id_at(day(DATE).start() + jiff::SignedDuration::from_hours(10), 1)).await;
    let before = world.cloud.counters().dynamodb_requests;
    world.delete(guild_memory::testing::id_at(day(DATE).start() + jiff::SignedDuration::from_hours(11), 5000)).await;
    let after = world.cloud.counters().dynamodb_requests;
    println!(
        "no-op deletion: {:?}",
        after.iter().map(|(k, v)| (k.clone(), v - before.get(k).unwrap_or(&0))).collect::<Vec<_>>()
    );
}

/// A build whose Query runs while a transaction is being committed: the ledger has it, a message has it not yet. DynamoDB
/// promises read-committed there, item by item. The moment is held open here by putting the old item back.
#[tokio::test]
#[ignore = "issue H"]
async fn a_build_that_saw_the_ledger_of_a_deletion_and_not_yet_its_tombstone() {
    let world = World::start();
    let id = world.say(DATE, "10:00", 10, "a secret").await;
    world.say(DATE, "10:01", 10, "harmless").await;
    let key = |id: MessageId| {
        (AttributeValue::S(format!("{}#{DATE}", guild())), AttributeValue::S(format!("{:020}", id.get())))
    };
    let (pk, sk) = key(id);
    let get = || {
        world
            .database
            .get_item()
            .table_name("MessagesTable")
            .key("pk", pk.clone())
            .key("sk", sk.clone())
            .consistent_read(true)
            .send()
    };
    let put = |item| world.database.put_item().table_name("MessagesTable").set_item(item).send();
    let old = get().await.unwrap().item;
    world.delete(id).await;
    let tombstone = get().await.unwrap().item;
    put(old).await.unwrap();
    let report = world.summarize(DATE).await.unwrap();
    put(tombstone).await.unwrap();
    world.delete(id).await; // sent again: the purge looks once more
    let record = world.memory.read_day(guild(), day(DATE)).await.unwrap();
    println!(
        "torn build: {:?} {:?}; ledger {:?}, summary v{}",
        report.status,
        report.summaries,
        record.ledger,
        record.summary.as_ref().map_or(0, |s| s.version)
    );
    assert!(!world.everything_stored().await.contains("secret"));
}

/// The same with a new message: the ledger counts it, the Query does not see it yet.
#[tokio::test]
#[ignore = "issue H"]
async fn a_build_that_saw_the_ledger_of_a_message_and_not_yet_the_message() {
    let world = World::start();
    world.say(DATE, "10:01", 10, "harmless").await;
    let id = world.say(DATE, "10:02", 10, "more").await;
    let delete = world
        .database
        .delete_item()
        .table_name("MessagesTable")
        .key("pk", AttributeValue::S(format!("{}#{DATE}", guild())))
        .key("sk", AttributeValue::S(format!("{:020}", id.get())));
    delete.send().await.unwrap();
    let report = world.summarize(DATE).await.unwrap();
    println!("torn build of a new message: {:?}", report.status);
    assert_ne!(report.status, DayStatus::Empty);
}

/// One day's function fails as Internal; five callers ask for the same person at once.
struct OneDayFails<M>(InProcess<M>);
impl<M: guild_memory::ports::LanguageModel> SummarizeDay for OneDayFails<M> {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        if request.date == day(OTHER) {
            return Err(InvokeError::Unavailable { reason: "no connection".into() });
        }
        self.0.summarize_day(request).await
    }
}
impl<M: guild_memory::ports::LanguageModel> WarmMemories for OneDayFails<M> {
    async fn warm_memories(&self, _: GuildId, _: &[UserId]) -> Result<(), InvokeError> {
        Ok(())
    }
}

#[tokio::test]
#[ignore = "issue H"]
async fn callers_at_once_pay_once_while_a_day_cannot_be_had() {
    let world = World::start();
    for date in [DATE, OTHER, "2026-11-18"] {
        world.say(date, "10:00", 10, "hello").await;
    }
    for date in [DATE, "2026-11-18"] {
        world.summarize(date).await.unwrap();
    }
    let before = world.model.calls();
    join_all((0..5).map(|_| async {
        let memory = world.memory.clone();
        let chain = |model| ModelChain::new(vec![(model, Budget::default())], memory.clone(), world.clock.clone());
        let deps = build_memories::Deps {
            functions: OneDayFails(InProcess(world.day_deps(chain(world.model.clone())))),
            model: chain(world.model.clone()),
            summary_cooldowns: Cooldowns::new(memory.clone(), world.clock.clone(), vec!["test:model".to_owned()]),
            clock: world.clock.clone(),
            calendar: Calendar { history_days: 6, settle: Duration::from_secs(1200) },
            memory: memory.clone(),
        };
        let deadline = Deadline::new(Duration::from_secs(180), Some(Duration::from_secs(20)));
        build_memories(&deps, deadline, decode(json!({"guild_id": guild(), "user_ids": [10]})).unwrap()).await.unwrap()
    }))
    .await;
    println!("five callers, one day not to be had: {} merges paid", world.model.calls() - before);
    assert_eq!(world.model.calls() - before, 1);
}

/// A store that answers late when it is asked for cooldowns, and then not at all.
#[derive(Clone)]
struct Late(Duration, Arc<AtomicUsize>);
impl guild_memory::ports::CoolModels for Late {
    async fn cooldowns(&self, _: &[String]) -> Result<BTreeMap<String, jiff::Timestamp>, StoreError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.0).await;
        Err(StoreError::Unavailable { reason: "it did not answer in time".into() })
    }
    async fn cool_down(&self, _: &str, _: jiff::Timestamp) -> Result<(), StoreError> {
        Ok(())
    }
}
impl guild_memory::ports::SpendBudget for Late {
    async fn spend(
        &self,
        _: &str,
        _: &[guild_memory::domain::Allowance],
        _: u64,
    ) -> Result<guild_memory::ports::Spending, StoreError> {
        Ok(guild_memory::ports::Spending::Counted)
    }
    async fn correct(&self, _: &str, _: &[guild_memory::domain::Allowance], _: i64) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Rule 10: calls that are made at once share one read, and if it fails models are asked as if there were no cooldowns.
#[tokio::test(start_paused = true)]
#[ignore = "issue H"]
async fn calls_at_once_share_one_read_of_the_cooldowns_however_long_it_takes() {
    use guild_memory::{
        domain::{
            Priority,
            prompt::{AnswerFormat, Prompt},
        },
        ports::LanguageModel as _,
        testing::{FixedClock, ScriptedModel},
    };
    for read in [Duration::from_millis(900), Duration::from_millis(4_500)] {
        let store = Late(read, Arc::default());
        let chain = ModelChain::new(
            vec![(ScriptedModel::answering("x"), Budget::default())],
            store.clone(),
            FixedClock::at("2026-11-22T12:00:00Z"),
        );
        let begun = tokio::time::Instant::now();
        let prompt =
            Prompt { instructions: "", data: String::new(), answer: AnswerFormat::Text, priority: Priority::First };
        join_all((0..40).map(|_| chain.generate(&prompt))).await;
        println!(
            "cooldown read of {read:?}: 40 calls at once took {:?}, {} reads",
            begun.elapsed(),
            store.1.load(Ordering::SeqCst)
        );
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}
