//! Hours and days of a guild in seconds: the use cases in this process, over a store in memory, with a clock that is set.
//!
//! ```text
//! clock ──▶ everybody says something ──▶ a request ──▶ what it left to be done behind its answer ──▶ the clock again
//! ```

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Result, ensure};
use guild_memory::{
    app::{
        AskedFor, Cooldowns, Deadline,
        build_memories::{self, build_memories},
        ingest_messages::ingest_messages,
        summarize_day::{self, Settings, summarize_day},
    },
    config::{DailySummaryConfig, GetMemoriesConfig},
    contract::{DayReport, DayRequest, MemoriesRequest, MemoriesResponse, Models},
    domain::{GuildId, UserId},
    ports::{InvokeError, SummarizeDay, WarmMemories},
    testing::{FixedClock, InMemoryStore, ScriptedModel, id_at, ingest_deps},
};
use jiff::{SignedDuration, Timestamp};
use local_cloud::Template;
use serde::Serialize;
use serde_json::{Value, json};

const GUILD: u64 = 998_100_000_000_009_999;
const PEOPLE: u64 = 5;
/// As long as a Lambda may take.
const LIMIT: Duration = Duration::from_secs(120);

/// What requests of a live day cost.
#[derive(Clone, Debug, Serialize)]
pub struct Simulated {
    /// How many people are asked for.
    pub people: u64,
    /// Minutes from one request to the next.
    pub every_minutes: i64,
    /// Requests.
    pub requests: u64,
    /// Requests after the first that waited for a model.
    pub waited: u64,
    /// Calls for days.
    pub day_calls: u64,
    /// Calls that merge memories.
    pub merge_calls: u64,
}

/// Asks for five people every ten minutes, from eight in the morning on, for eight hours.
pub async fn eight_hours() -> Result<Simulated> {
    let guild = Simulation::new()?;
    guild.live("2026-11-21T10:00:00Z", 10, 1).await?; // so that there is something to merge with
    guild.live("2026-11-22T08:00:00Z", 10, 48).await
}

/// Asks for five people every half an hour, from midnight to midnight, in a guild that was asked about on the two days before:
/// when the second of them has closed, there is something to merge.
pub async fn a_day() -> Result<Simulated> {
    let guild = Simulation::new()?;
    guild.live("2026-11-20T18:00:00Z", 30, 12).await?;
    guild.live("2026-11-21T18:00:00Z", 30, 12).await?;
    guild.live("2026-11-22T00:00:00Z", 30, 48).await
}

struct Simulation {
    store: InMemoryStore,
    clock: FixedClock,
    model: ScriptedModel,
    behind: Arc<Mutex<Vec<MemoriesRequest>>>,
    guild: GuildId,
    users: Vec<UserId>,
    days: DailySummaryConfig,
    memories: GetMemoriesConfig,
}

impl Simulation {
    fn new() -> Result<Self> {
        let template = Template::of_the_project()?;
        let of = |function: &str| {
            let mut environment = template.environment(function);
            environment.insert("AWS_LAMBDA_FUNCTION_NAME".to_owned(), function.to_owned()); // as Lambda does
            move |variable: &str| environment.get(variable).cloned()
        };
        Ok(Self {
            store: InMemoryStore::default(),
            clock: FixedClock::at("2026-11-20T00:00:00Z"),
            model: ScriptedModel::new(|prompt| Ok(answer(&prompt.data))),
            behind: Arc::default(),
            guild: GuildId::try_from(GUILD)?,
            users: (1..=PEOPLE).map(UserId::try_from).collect::<Result<_, _>>()?,
            days: DailySummaryConfig::read(of("daily_summary"))?,
            memories: GetMemoriesConfig::read(of("get_memories"))?,
        })
    }

    async fn live(&self, from: &str, every_minutes: i64, requests: u64) -> Result<Simulated> {
        let (mut now, asked_before): (Timestamp, _) = (from.parse()?, self.model.asked().len());
        let mut waited = 0;
        for n in 0..requests {
            self.clock.set(&now.to_string());
            self.say(now).await?;
            let calls = self.model.asked().len();
            let answer = self.ask(MemoriesRequest::new(self.guild, self.users.clone())).await?;
            ensure!(answer.errors.is_empty(), "something failed at {now}");
            waited += u64::from(n > 0 && self.model.asked().len() > calls);
            let behind: Vec<_> = self.behind.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect();
            for request in behind {
                self.ask(request).await?;
            }
            now += SignedDuration::from_mins(every_minutes);
        }
        let asked = self.model.asked().split_off(asked_before);
        let (merges, days): (Vec<_>, Vec<_>) = asked.iter().partition(|data| data.starts_with("<person"));
        Ok(Simulated {
            people: PEOPLE,
            every_minutes,
            requests,
            waited,
            day_calls: days.len() as u64,
            merge_calls: merges.len() as u64,
        })
    }

    /// Everybody says something new.
    async fn say(&self, now: Timestamp) -> Result<()> {
        let message = |user: &UserId| {
            json!({"id": id_at(now, user.get()), "channel_id": "7", "author": {"id": user, "name": format!("Person {user}")},
                   "content": format!("it is {now}, and I am still here")})
        };
        let messages: Vec<Value> = self.users.iter().map(message).collect();
        let request = serde_json::from_value(json!({"guild_id": self.guild, "messages": messages}))?;
        ingest_messages(&ingest_deps(&self.store, &self.clock), request).await?;
        Ok(())
    }

    async fn ask(&self, request: MemoriesRequest) -> Result<MemoriesResponse> {
        let deps = build_memories::Deps {
            memory: self.store.clone(),
            functions: InProcess(self),
            model: self.model.clone(),
            models: Models::Configured,
            today: self.memories.today,
            merge_batch: self.memories.merge_batch,
            summary_cooldowns: Cooldowns::new(self.store.clone(), self.clock.clone(), Vec::new()),
            asked_for: AskedFor::default(),
            clock: self.clock.clone(),
            calendar: self.memories.calendar,
        };
        Ok(build_memories(&deps, Deadline::new(LIMIT, None), request).await?)
    }
}

/// `daily_summary` in this process; what is handed over waits until the answer has left.
struct InProcess<'a>(&'a Simulation);

impl SummarizeDay for InProcess<'_> {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        let Simulation { store, clock, model, days, .. } = self.0;
        let deps = summarize_day::Deps {
            memory: store.clone(),
            messages: store.clone(),
            model: model.clone(),
            clock: clock.clone(),
            settings: Settings {
                settle: days.settle,
                open_day_ttl: days.open_day_ttl,
                retention: days.summary_retention,
                chunks: days.chunks,
            },
            discord_guilds: BTreeSet::new(),
        };
        let report = summarize_day(&deps, Deadline::new(LIMIT, None), request).await;
        report.map_err(|error| InvokeError::Failed { error_type: error.kind.to_string(), message: error.message })
    }
}

impl WarmMemories for InProcess<'_> {
    async fn warm_memories(&self, request: MemoriesRequest) -> Result<(), InvokeError> {
        self.0.behind.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        Ok(())
    }
}

/// Something about everybody, which is another with each message.
fn answer(data: &str) -> String {
    if data.starts_with("<person") {
        return format!("known by {} characters", data.len());
    }
    let messages = data.matches("<message ").count();
    let member = |part: &str| {
        let id = part.split('"').next().unwrap_or_default();
        json!({"member": id, "summary": format!("one of those who said {messages} things")})
    };
    let summaries: Vec<Value> = data.split("<member id=\"").skip(1).map(member).collect();
    json!({"summaries": summaries}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_live_day_is_asked_about_and_its_calls_are_counted() {
        let day = eight_hours().await.unwrap();
        assert_eq!((day.requests, day.waited), (48, 0));
        assert!(day.day_calls >= 8 && day.merge_calls == 0, "there is nothing but today: {day:?}");
    }

    #[tokio::test]
    async fn rule_35_a_day_of_an_active_guild_costs_each_person_one_merge() {
        let day = a_day().await.unwrap();
        assert_eq!((day.requests, day.merge_calls), (48, PEOPLE), "{day:?}");
    }
}
