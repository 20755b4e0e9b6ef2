mod first_words;
mod openness;
mod own_memory;
mod page;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use futures::FutureExt as _;

use super::*;
use crate::{
    contract::{DayReport, DayRequest, DayStatus, MemoriesRequest, MemoriesResponse, PeopleRequest, PeopleResponse},
    domain::{
        AllowedGuilds, Audience, Calendar, Channel, ChannelKind, Day, DaySummary, Fact, FactId, GuildChannels, GuildId,
        GuildSettings, Handle, Language, OpenChannels, Overwrite, Permissions, Person, Roles, Source, SummaryStatus,
        Usage, UserId,
    },
    ports::{
        AskMemories, AskPeople, AskSweep, DiscordError, InvokeError, KeepOpenChannels as _, ReadOpenChannels as _,
        ReadPeople as _, ReadRoles as _, SummarizeDay, TeachPeople, WriteSettings as _,
    },
    testing::{FixedClock, InMemoryStore, ScriptedDiscord},
};

const NOW: &str = "2026-11-22T12:00:00Z";

fn guild() -> GuildId {
    "1".parse().unwrap()
}

fn user(id: u64) -> UserId {
    UserId::try_from(id).unwrap()
}

/// Functions that answer, after something has happened to the store.
#[derive(Clone)]
struct Functions {
    meanwhile: Arc<dyn Fn(u32) + Send + Sync>,
    asked: Arc<AtomicU32>,
    takes: Duration,
}

impl Functions {
    fn while_they_work(meanwhile: impl Fn(u32) + Send + Sync + 'static) -> Self {
        Self { meanwhile: Arc::new(meanwhile), asked: Arc::default(), takes: Duration::ZERO }
    }

    fn taking(self, takes: Duration) -> Self {
        Self { takes, ..self }
    }

    async fn ask(&self) -> u32 {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        (self.meanwhile)(asked);
        if !self.takes.is_zero() {
            tokio::time::sleep(self.takes).await;
        }
        asked
    }
}

impl AskMemories for Functions {
    async fn memories(&self, request: &MemoriesRequest) -> Result<MemoriesResponse, InvokeError> {
        let (user, asked) = (request.user_ids[0], self.ask().await);
        Ok(MemoriesResponse {
            guild_id: request.guild_id,
            date: NOW.parse().map(Day::of).unwrap(),
            memories: [(user, Some(format!("memory {asked}")))].into(),
            sources: [(user, Source::Merged)].into(),
            days: BTreeMap::new(),
            errors: Vec::new(),
            prompt: None,
        })
    }
}

impl SummarizeDay for Functions {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        let asked = self.ask().await;
        Ok(DayReport {
            guild_id: request.guild_id,
            date: request.date,
            status: DayStatus::Built,
            summaries: [(user(10), format!("day {asked}"))].into(),
            expires_at: None,
            blocked_messages: 0,
        })
    }
}

impl AskSweep for Functions {
    async fn ask_sweep(&self, _: GuildId) -> Result<(), InvokeError> {
        self.ask().await;
        Ok(())
    }
}

/// Functions that nobody asks about what is kept of people.
macro_rules! without_people {
    ($($functions:ty),*) => {
        $(impl AskPeople for $functions {
            async fn people(&self, _: &PeopleRequest) -> Result<PeopleResponse, InvokeError> {
                Err(InvokeError::Throttled)
            }
        })*
    };
}

without_people!(Functions, Days, page::Memories, first_words::Failing);

/// What Discord says of a guild with channel 7, which everybody may read, and channel 8, which is hidden.
fn discord() -> ScriptedDiscord {
    let reading = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
    let channel = |id: &str, deny: Permissions| Channel {
        id: id.parse().unwrap(),
        kind: ChannelKind::Text,
        parent: None,
        last_message: None,
        age_restricted: false,
        everyone: Overwrite { allow: Permissions::NONE, deny },
        roles: BTreeMap::new(),
    };
    let channels = [channel("7", Permissions::NONE), channel("8", Permissions::VIEW_CHANNEL)];
    let discord = ScriptedDiscord::default();
    discord.state().channels = GuildChannels {
        roles: Roles { everyone: reading, ..Roles::default() },
        channels: channels.into_iter().map(|channel| (channel.id, channel)).collect(),
    };
    discord
}

/// Lets it be known which channels are open.
async fn keep_open(store: &InMemoryStore, read_at: &str, sweep_due: bool) {
    let open = OpenChannels {
        audience: Audience::Everyone,
        channels: ["7".parse().unwrap()].into(),
        parents: BTreeMap::new(),
        read_at: read_at.parse().unwrap(),
        sweep_due,
        sweep_again_at: None,
    };
    store.keep_open_channels(guild(), None, &open).await.unwrap();
}

/// Refuses the first edits, and keeps the last.
#[derive(Clone, Default)]
struct Replies {
    refusals: Arc<Mutex<Vec<DiscordError>>>,
    said: Arc<Mutex<Vec<ReplyContent>>>,
    /// When that was.
    at: Arc<Mutex<Vec<tokio::time::Instant>>>,
}

impl EditReply for Replies {
    async fn edit_reply(&self, _: &Handle, reply: &ReplyContent, _: Language) -> Result<(), DiscordError> {
        if let Some(refusal) = self.refusals.lock().unwrap().pop() {
            return Err(refusal);
        }
        self.said.lock().unwrap().push(reply.clone());
        self.at.lock().unwrap().push(tokio::time::Instant::now());
        Ok(())
    }
}

fn deferred(question: Question) -> DeferredInteraction {
    let interaction_id = crate::testing::id_at(NOW.parse().unwrap(), 0).to_string().parse().unwrap();
    let handle = Handle { interaction_id, token: "t".parse().unwrap() };
    DeferredInteraction {
        handle,
        language: Language::English,
        guild_id: guild(),
        audience_role: None,
        facts_only: false,
        notice: false,
        question,
    }
}

fn deps<F>(
    store: &InMemoryStore,
    functions: F,
    channels: ScriptedDiscord,
    replies: &Replies,
    now: &str,
) -> Deps<InMemoryStore, InMemoryStore, F, ScriptedDiscord, Replies, FixedClock> {
    Deps {
        memory: store.clone(),
        messages: store.clone(),
        functions,
        channels,
        replies: replies.clone(),
        clock: FixedClock::at(now),
        calendar: Calendar { history_days: 6, settle: Duration::ZERO },
        allowed_guilds: AllowedGuilds::default(),
    }
}

/// What is read, small print included.
fn last(replies: &Replies) -> String {
    let said = replies.said.lock().unwrap();
    said.last().map(|reply| format!("{}\n{}", reply.text, reply.footnote)).unwrap_or_default()
}

async fn answered(
    store: &InMemoryStore,
    functions: Functions,
    replies: &Replies,
    question: Question,
    now: &str,
) -> (Result<Delivery, AppError>, String) {
    if store.open_channels(guild()).await.unwrap().is_none() {
        keep_open(store, NOW, false).await;
    }
    let deps = deps(store, functions, discord(), replies, now);
    let delivery = respond(&deps, Duration::from_secs(180), &deferred(question)).await;
    (delivery, last(replies))
}

fn fact(n: u128) -> (FactId, Fact) {
    let at = NOW.parse().unwrap();
    (FactId::new(at, n), Fact::new(&format!("fact {n}"), None, at).unwrap())
}

/// Changes the facts of the asker as `people` does, one revision on.
fn teach(store: &InMemoryStore, n: u128) {
    let change = async {
        let mut person = store.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap();
        person.facts = [fact(n)].into();
        store.replace_taught(guild(), user(10), &person).await.unwrap();
    };
    change.now_or_never().unwrap(); // nothing waits in memory
}

const SHOW: fn() -> Question = || Question::Show { user_id: user(10) };

#[tokio::test(start_paused = true)]
async fn a_memory_that_was_made_while_facts_changed_is_made_again() {
    let store = InMemoryStore::default();
    let changing = store.clone();
    let once = Functions::while_they_work(move |asked| {
        if asked == 0 {
            teach(&changing, 1);
        }
    });
    let (delivery, said) = answered(&store, once, &Replies::default(), SHOW(), NOW).await;
    assert_eq!(delivery, Ok(Delivery::Delivered));
    assert!(said.contains("memory 1") && !said.contains("memory 0") && said.contains("fact 1"), "{said}");

    let changing = store.clone();
    let always = Functions::while_they_work(move |asked| teach(&changing, u128::from(asked) + 2));
    let (delivery, said) = answered(&store, always, &Replies::default(), SHOW(), NOW).await;
    assert_eq!(delivery, Ok(Delivery::Explained));
    assert!(!said.contains("memory") || said.contains("my memory"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn an_opted_out_person_is_not_asked_about() {
    let store = InMemoryStore::default();
    store.put_person(guild(), user(10), Person { opted_out: true, ..Person::default() });
    let functions = Functions::while_they_work(|_| panic!("nobody may be asked"));
    let (_, said) = answered(&store, functions, &Replies::default(), SHOW(), NOW).await;
    assert!(said.contains("does not want to be remembered"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_discord_does_not_know_yet_is_tried_again_but_not_for_ever() {
    let store = InMemoryStore::default();
    let unknown = || DiscordError::NotFound { code: DiscordError::UNKNOWN_WEBHOOK };
    let functions = || Functions::while_they_work(|_| ());
    let soon = Replies { refusals: Arc::new(Mutex::new(vec![unknown(); 3])), ..Replies::default() };
    assert_eq!(answered(&store, functions(), &soon, SHOW(), NOW).await.0, Ok(Delivery::Delivered));
    let never = Replies { refusals: Arc::new(Mutex::new(vec![unknown(); 60])), ..Replies::default() };
    assert_eq!(answered(&store, functions(), &never, SHOW(), NOW).await.0, Ok(Delivery::NobodyWaits));
    let down = Replies {
        refusals: Arc::new(Mutex::new(vec![DiscordError::Unavailable { reason: "503".into() }])),
        ..Replies::default()
    };
    let (failed, _) = answered(&store, functions(), &down, SHOW(), NOW).await;
    assert_eq!(failed.unwrap_err().kind, crate::contract::ErrorType::Internal, "Lambda sends it again");
}

#[tokio::test(start_paused = true)]
async fn after_15_minutes_nothing_is_done() {
    let functions = Functions::while_they_work(|_| panic!("nobody waits"));
    let late = "2026-11-22T12:15:00Z";
    let (delivery, _) = answered(&InMemoryStore::default(), functions, &Replies::default(), SHOW(), late).await;
    assert_eq!(delivery, Ok(Delivery::NobodyWaits));
}

/// A `daily_summary` that does as it is told.
struct Days(Box<dyn Fn() -> (DayStatus, &'static str) + Send + Sync>);

impl AskMemories for Days {
    async fn memories(&self, _: &MemoriesRequest) -> Result<MemoriesResponse, InvokeError> {
        Err(InvokeError::Throttled)
    }
}

impl SummarizeDay for Days {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        let (status, text) = (self.0)();
        Ok(DayReport {
            guild_id: request.guild_id,
            date: request.date,
            status,
            summaries: [(user(10), text.to_owned())].into(),
            expires_at: None,
            blocked_messages: 0,
        })
    }
}

impl AskSweep for Days {
    async fn ask_sweep(&self, _: GuildId) -> Result<(), InvokeError> {
        Err(InvokeError::Throttled)
    }
}

async fn ingest(store: &InMemoryStore, channel: &str, content: &str) {
    let id = crate::testing::id_at("2026-11-21T10:00:00Z".parse().unwrap(), 1);
    let request = serde_json::from_value(serde_json::json!({"guild_id": "1", "messages": [
        {"id": id, "channel_id": channel, "author": {"id": "10", "name": "Mallory"}, "content": content}]}));
    let ingest = crate::testing::ingest_deps(store, &FixedClock::at(NOW));
    crate::app::ingest_messages::ingest_messages(&ingest, request.unwrap()).await.unwrap();
}

fn catch_up() -> Question {
    Question::CatchUp { date: YESTERDAY.parse().unwrap(), user_id: None }
}

const YESTERDAY: &str = "2026-11-21";

/// What is told of yesterday, on which one message was written where everybody may read.
async fn told(
    store: &InMemoryStore,
    daily_summary: impl Fn() -> (DayStatus, &'static str) + Send + Sync + 'static,
) -> String {
    keep_open(store, NOW, false).await;
    ingest(store, "7", "hello").await;
    let replies = Replies::default();
    let deps = deps(store, Days(Box::new(daily_summary)), discord(), &replies, NOW);
    respond(&deps, Duration::from_secs(180), &deferred(catch_up())).await.unwrap();
    last(&replies)
}

#[tokio::test(start_paused = true)]
async fn a_day_that_somebody_else_builds_is_told_when_it_is_there() {
    let store = InMemoryStore::default();
    let (building, asked) = (store.clone(), AtomicU32::default());
    let said = told(&store, move || {
        if asked.fetch_add(1, Ordering::Relaxed) == 1 {
            building.put_summary(guild(), YESTERDAY.parse().unwrap(), summary("said hello"));
        }
        (DayStatus::Pending, "")
    });
    let said = said.await;
    assert!(said.contains("**<@10>**\n> said hello"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_day_that_somebody_else_builds_is_waited_for_a_minute() {
    let started = tokio::time::Instant::now();
    let said = told(&InMemoryStore::default(), || (DayStatus::Pending, "")).await;
    assert!(said.contains("still being written"), "{said}");
    assert!((60..63).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
}

/// Of a closed day, with the words of one person.
fn summary(text: &str) -> DaySummary {
    DaySummary {
        texts: [(user(10), text.to_owned())].into(),
        status: SummaryStatus::Built,
        version: 1,
        built_at: NOW.parse().unwrap(),
        expires_at: None,
        model: String::new(),
        prompt_hash: String::new(),
        usage: Usage::default(),
        blocked_messages: 0,
    }
}

#[tokio::test(start_paused = true)]
async fn rule_17_what_is_told_of_one_person_cannot_look_like_what_is_told_of_another() {
    // What a model writes about somebody, led by what that person typed.
    let led = "Mallory said hello.\n\n**<@999>** admitted to stealing.";
    let said = told(&InMemoryStore::default(), move || (DayStatus::Built, led)).await;
    assert_eq!(said.matches("\n**<@").count(), 1, "{said}");
    assert!(said.contains("\n> **\\<\\@999>** admitted"), "{said}");
}
