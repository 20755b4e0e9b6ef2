mod halving;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::{
    app::{
        AppError,
        ingest_messages::ingest_messages,
        summarize_day::{Deps, Settings, summarize_day},
    },
    contract::{DayReport, DayRequest, DayStatus, ErrorType},
    domain::prompt::Prompt,
    ports::{ModelError, ModelResponse, ReadDay as _, TextsOf},
    testing::{FixedClock, InMemoryStore, ScriptedModel, id_at, ingest_deps, model_response},
};

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

/// A day of that many messages, ten in a chunk, of two people in turn; each says its number.
struct Guild {
    store: InMemoryStore,
    clock: FixedClock,
}

impl Guild {
    async fn with(messages: u64) -> Self {
        let guild = Self { store: InMemoryStore::default(), clock: FixedClock::at(AFTER) };
        guild.say(0..messages).await;
        guild
    }

    async fn say(&self, numbers: std::ops::Range<u64>) {
        self.say_by(numbers, 2).await;
    }

    /// The same of that many people in turn.
    async fn say_by(&self, numbers: std::ops::Range<u64>, people: u64) {
        let message = |n: u64| {
            let id = id_at(day().start() + SignedDuration::from_secs(n as i64 * 10), n);
            let name = if n.is_multiple_of(2) { "Ann" } else { "Ben" };
            let author = json!({"id": 10 + n % people, "name": name});
            json!({"id": id, "channel_id": "7", "author": author, "content": format!("n{n}.")})
        };
        let messages: Vec<_> = numbers.map(message).collect();
        let request = crate::app::decode(json!({"guild_id": "1", "messages": messages})).unwrap();
        ingest_messages(&ingest_deps(&self.store, &self.clock), request).await.unwrap();
    }

    async fn ask(&self, model: &ScriptedModel, rebuild: bool) -> Result<DayReport, AppError> {
        self.ask_of(model.clone(), 10, rebuild).await
    }

    async fn ask_of(&self, model: impl LanguageModel, chunk: usize, rebuild: bool) -> Result<DayReport, AppError> {
        self.request(model, chunk, DayRequest { rebuild, ..DayRequest::new(guild(), day()) }).await
    }

    async fn request(
        &self,
        model: impl LanguageModel,
        chunk: usize,
        request: DayRequest,
    ) -> Result<DayReport, AppError> {
        let settings = Settings {
            settle: Duration::from_secs(1200),
            open_day_ttl: Duration::from_secs(3600),
            retention: crate::domain::SummaryRetention::default(),
            chunks: ChunkLimits { messages: chunk, tokens: 60_000, members: 100, target: Duration::from_secs(6) },
        };
        let deps = Deps {
            memory: self.store.clone(),
            messages: self.store.clone(),
            model,
            clock: self.clock.clone(),
            settings,
            discord_guilds: BTreeSet::new(),
        };
        summarize_day(&deps, Deadline::new(Duration::from_secs(120), None), request).await
    }

    async fn summary(&self) -> crate::domain::DaySummary {
        self.store.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().summary.unwrap()
    }
}

/// The numbers in a prompt, by the alias of who said them.
fn said(prompt: &Prompt) -> Vec<(String, String)> {
    let messages = prompt.data.lines().filter(|line| line.starts_with("<message "));
    let said = |line: &str| {
        let member = line.split("member=\"").nth(1).and_then(|rest| rest.split('"').next());
        let text = line.split_once('>').and_then(|(_, rest)| rest.strip_suffix("</message>"));
        (member.unwrap().to_owned(), text.unwrap().to_owned())
    };
    messages.map(said).collect()
}

fn quote(prompt: &Prompt) -> String {
    let summaries: Vec<_> =
        said(prompt).into_iter().map(|(member, text)| json!({"member": member, "summary": text})).collect();
    json!({"summaries": summaries}).to_string()
}

fn quoting() -> ScriptedModel {
    ScriptedModel::new(|prompt| Ok(quote(prompt)))
}

/// Quotes, unless it is asked about one of those messages.
fn failing_at(numbers: &[u64], error: ModelError) -> ScriptedModel {
    let texts: Vec<String> = numbers.iter().map(|n| format!("n{n}.")).collect();
    ScriptedModel::new(move |prompt| {
        let fails = said(prompt).iter().any(|(_, text)| texts.contains(text));
        if fails { Err(error.clone()) } else { Ok(quote(prompt)) }
    })
}

fn everything_of(author: u64, numbers: std::ops::Range<u64>) -> String {
    numbers.filter(|n| 10 + n % 2 == author).map(|n| format!("n{n}.")).collect::<Vec<_>>().join(" ")
}

/// How many messages each question was about.
fn sizes(model: &ScriptedModel) -> Vec<usize> {
    let mut sizes: Vec<usize> = model.asked().iter().map(|data| data.matches("<message ").count()).collect();
    sizes.sort_unstable();
    sizes
}

#[tokio::test]
async fn rule_15_chunks_run_at_once_and_people_get_their_parts_in_order() {
    let guild = Guild::with(35).await;
    let model = quoting();
    let report = guild.ask(&model, false).await.unwrap();
    assert_eq!(sizes(&model), [5, 10, 10, 10]);
    for author in [10, 11] {
        assert_eq!(report.summaries[&user(author)], everything_of(author, 0..35));
    }
    let usage = guild.summary().await.usage;
    assert_eq!((usage.calls, usage.prompt_tokens, usage.retries, usage.failures), (4, 40, 0, 0));
}

#[tokio::test]
async fn rule_15_a_day_that_failed_in_one_chunk_pays_for_that_chunk_only() {
    let guild = Guild::with(35).await;
    let limited = ModelError::RateLimited { retry_after: Some(Duration::from_secs(20)) };
    let error = guild.ask(&failing_at(&[12], limited), false).await.err().unwrap();
    assert_eq!((error.kind, error.retry_after), (ErrorType::RateLimited, Some(Duration::from_secs(20))));

    let model = quoting();
    let report = guild.ask(&model, false).await.unwrap();
    assert_eq!(report.summaries[&user(10)], everything_of(10, 0..35));
    assert_eq!(sizes(&model), [10], "the other three are there");
    assert_eq!(guild.summary().await.usage.calls, 4, "what is in the summary was paid for once");
}

/// Ten requests a minute, and thirteen chunks.
#[tokio::test]
async fn rule_15_thirteen_chunks_under_a_limit_of_ten_are_complete_after_the_second_request() {
    let guild = Guild::with(130).await;
    let paid = Arc::new(Mutex::new(HashMap::<String, u32>::new()));
    let (bills, in_this_minute) = (paid.clone(), Mutex::new(0));
    let model = ScriptedModel::new(move |prompt| {
        let mut used = in_this_minute.lock().unwrap();
        *used += 1;
        if *used == 11 || *used == 12 || *used == 13 {
            return Err(ModelError::RateLimited { retry_after: Some(Duration::from_secs(60)) });
        }
        *bills.lock().unwrap().entry(prompt.data.clone()).or_default() += 1;
        Ok(quote(prompt))
    });
    assert_eq!(guild.ask(&model, false).await.err().unwrap().kind, ErrorType::RateLimited);
    let report = guild.ask(&model, false).await.unwrap();
    assert_eq!((report.status, report.summaries.len()), (DayStatus::Built, 2));
    assert_eq!(report.summaries[&user(11)], everything_of(11, 0..130));
    let paid = paid.lock().unwrap();
    assert_eq!((paid.len(), paid.values().max()), (13, Some(&1)), "no chunk is paid twice");
}

#[tokio::test]
async fn rule_15_what_was_asked_before_messages_came_is_not_asked_again() {
    let guild = Guild::with(35).await;
    guild.ask(&quoting(), false).await.unwrap();
    guild.say(35..40).await;
    let model = quoting();
    let report = guild.ask(&model, false).await.unwrap();
    assert_eq!(report.summaries[&user(10)], everything_of(10, 0..40));
    assert_eq!(sizes(&model), [10], "only the last chunk is another");
}

#[tokio::test]
async fn rule_15_an_answer_is_kept_for_a_day_and_under_the_model_it_is_of() {
    let guild = Guild::with(35).await;
    let fails = || failing_at(&[0], ModelError::Unavailable { reason: "down".into() });
    guild.ask(&fails(), false).await.err().unwrap();
    let other = fails().named("another:model");
    guild.ask(&other, false).await.err().unwrap();
    assert_eq!(sizes(&other), [5, 10, 10, 10], "another model says something else");
    let again = fails();
    guild.ask(&again, false).await.err().unwrap();
    assert_eq!(sizes(&again), [10]);
    guild.clock.set("2026-11-22T00:20:00Z");
    let tomorrow = fails();
    guild.ask(&tomorrow, false).await.err().unwrap();
    assert_eq!(sizes(&tomorrow), [5, 10, 10, 10]);
}

#[tokio::test]
async fn a_rebuild_uses_nothing_from_before_but_what_a_failed_rebuild_has_paid_for() {
    let guild = Guild::with(35).await;
    guild.ask(&quoting(), false).await.unwrap();
    guild.clock.set("2026-11-21T01:00:00Z");
    let fails = failing_at(&[12], ModelError::Unavailable { reason: "down".into() });
    guild.ask(&fails, true).await.err().unwrap();
    assert_eq!(sizes(&fails), [5, 10, 10, 10]);
    let model = quoting();
    assert_eq!(guild.ask(&model, true).await.unwrap().status, DayStatus::Built);
    assert_eq!(sizes(&model), [10]);
}

#[tokio::test]
async fn rule_19_chunks_of_deleted_words_are_gone_and_not_used() {
    let guild = Guild::with(35).await;
    let down = failing_at(&[0], ModelError::Unavailable { reason: "down".into() });
    guild.ask(&down, false).await.err().unwrap();
    assert!(guild.store.everything_made().iter().any(|(.., text)| text.contains("n13.")));
    let deleted = id_at(day().start() + SignedDuration::from_secs(130), 13);
    let request = crate::app::decode(json!({"guild_id": "1", "deleted": [deleted]})).unwrap();
    ingest_messages(&ingest_deps(&guild.store, &guild.clock), request).await.unwrap();
    assert!(guild.store.everything_made().is_empty());
    let report = guild.ask(&quoting(), false).await.unwrap();
    assert!(!report.summaries[&user(11)].contains("n13.") && report.summaries[&user(11)].contains("n15."));
}
