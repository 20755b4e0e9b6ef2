//! What the models are asked: days, of the sample week and made up ones, and people who are known a little.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    time::Duration,
};

use anyhow::{Context as _, Result};
use guild_memory::{
    app::{
        AskedFor, Cooldowns, Deadline,
        build_memories::{self, build_memories},
        decode,
        ingest_messages::ingest_messages,
        summarize_day::{self, Settings, summarize_day},
    },
    contract::{DayReport, DayRequest, DayStatus, Models},
    domain::{
        Calendar, Day, Fact, FactId, GuildId, KnownNames, Ledger, MessageId, Person, UserId, prompt::ChunkLimits,
    },
    ports::LanguageModel,
    testing::{FixedClock, InMemoryStore, ScriptedFunctions, id_at, ingest_deps},
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

/// What is asked of a model.
#[derive(Clone, Copy)]
pub(super) enum Question {
    /// The summaries of a guild-day.
    Day,
    /// What is known of a person, merged.
    Merge,
}

impl Question {
    /// What the model writes, a line each.
    pub(super) async fn ask<M: LanguageModel + Clone>(self, model: &M) -> Result<Vec<String>> {
        match self {
            Self::Day => summarize(model).await,
            Self::Merge => merge(model).await,
        }
    }
}

const WEEK: &str = include_str!("../../../events/sample-week/ingest_messages.json");
/// As long as a Lambda has.
const PATIENCE: Duration = Duration::from_secs(120);
const SETTLE: Duration = Duration::from_secs(1200);

/// The summaries of a day of five people, a line each.
pub(super) async fn summarize<M: LanguageModel + Clone>(model: &M) -> Result<Vec<String>> {
    let week: Value = serde_json::from_str(WEEK)?;
    let messages = week["messages"].as_array().context("a week has messages")?;
    let first: MessageId = messages.first().context("it has one")?["id"].as_str().context("an id")?.parse()?;
    let guild_id: GuildId = week["guild_id"].as_str().context("a guild")?.parse()?;
    let names: BTreeMap<&str, &str> =
        messages.iter().filter_map(|m| Some((m["author"]["id"].as_str()?, m["author"]["name"].as_str()?))).collect();

    let texts = day(model, guild_id, first.day(), week.clone()).await?;
    let line = |(user, text): (&UserId, &String)| {
        format!("{}: {text}", names.get(user.to_string().as_str()).copied().unwrap_or("somebody"))
    };
    Ok(texts.iter().map(line).collect())
}

/// A message of a day that is made up.
#[derive(Deserialize)]
pub(super) struct Said {
    from: String,
    /// Tells those apart who have the same name.
    #[serde(default)]
    account: u64,
    text: String,
}

/// Somebody by name, and by number where two have the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Account(String, u64);

impl Account {
    pub(super) fn new(name: &str, number: u64) -> Self {
        Self(name.to_owned(), number)
    }
}

/// The summaries of a day with those messages, a minute each.
pub(super) async fn summaries<M: LanguageModel + Clone>(
    model: &M,
    date: &str,
    messages: &[Said],
) -> Result<BTreeMap<Account, String>> {
    let date: Day = date.parse().map_err(|_| anyhow::anyhow!("{date} is no date"))?;
    let mut accounts: Vec<Account> = Vec::new();
    let mut sent = Vec::new();
    for (minute, said) in (0..).zip(messages) {
        let account = Account::new(&said.from, said.account);
        let index = accounts.iter().position(|known| *known == account).unwrap_or_else(|| {
            accounts.push(account);
            accounts.len() - 1
        });
        let id = id_at(date.start() + SignedDuration::from_hours(10) + SignedDuration::from_mins(minute), 0);
        let author = json!({"id": (ANN + index as u64).to_string(), "name": said.from});
        sent.push(json!({"id": id, "channel_id": "7", "author": author, "content": said.text}));
    }
    let guild = GuildId::try_from(1)?;
    let texts = day(model, guild, date, json!({"guild_id": guild, "messages": sent})).await?;
    let account = |user: &UserId| accounts.get((user.get() - ANN) as usize).cloned();
    Ok(texts.into_iter().filter_map(|(user, text)| Some((account(&user)?, text))).collect())
}

/// The summaries of a day of a guild that says those messages.
async fn day<M: LanguageModel + Clone>(
    model: &M,
    guild_id: GuildId,
    date: Day,
    messages: Value,
) -> Result<BTreeMap<UserId, String>> {
    let store = InMemoryStore::default();
    let clock = FixedClock::at(&(date.end() + SignedDuration::from_hours(1)).to_string());
    ingest_messages(&ingest_deps(&store, &clock), decode(messages)?).await?;
    let settings = Settings {
        settle: SETTLE,
        open_day_ttl: Duration::from_secs(3600),
        retention: guild_memory::domain::SummaryRetention::default(),
        chunks: ChunkLimits { messages: 800, tokens: 60_000, members: 100, target: Duration::from_secs(6) },
    };
    let deps = summarize_day::Deps {
        memory: store.clone(),
        messages: store,
        model: model.clone(),
        clock,
        settings,
        discord_guilds: BTreeSet::new(),
    };
    let request = DayRequest::new(guild_id, date);
    Ok(summarize_day(&deps, Deadline::new(PATIENCE, None), request).await?.summaries)
}

const ANN: u64 = 998_100_000_000_000_211;

/// One person's memory, of two facts and a day.
pub(super) async fn merge<M: LanguageModel + Clone>(model: &M) -> Result<Vec<String>> {
    let text = "Ann passed her tram driver exam with 38 of 40 points and starts on line 4 next week. She told Ben that \
                she is fine with hazelnuts by now; nobody believed her.";
    let facts = ["Is allergic to hazelnuts; almonds are fine.", "Wants to be called Ann in public."];
    let known = person("Ann", &facts.map(str::to_owned))?;
    merged(model, known, "2026-11-21".parse()?, &[text.to_owned()]).await.map(|text| vec![text])
}

/// A person's memory, of those facts and of what was noted on a day and on those before it.
pub(super) async fn memory<M: LanguageModel + Clone>(
    model: &M,
    name: &str,
    facts: &[String],
    date: &str,
    days: &[String],
) -> Result<BTreeMap<Account, String>> {
    let date: Day = date.parse().map_err(|_| anyhow::anyhow!("{date} is no date"))?;
    let text = merged(model, person(name, facts)?, date, days).await?;
    Ok([(Account::new(name, 0), text)].into())
}

async fn merged<M: LanguageModel + Clone>(model: &M, known: Person, last: Day, days: &[String]) -> Result<String> {
    let (guild, ann) = (GuildId::try_from(1)?, UserId::try_from(ANN)?);
    let store = InMemoryStore::default();
    let texts: BTreeMap<Day, String> = (0..).zip(days).map(|(n, text)| (last.days_before(n), text.clone())).collect();
    let ledger = Ledger { version: 1, message_count: 9, ..Ledger::default() };
    texts.keys().for_each(|day| store.put_ledger(guild, *day, ledger));
    store.put_person(guild, ann, known);
    let functions = ScriptedFunctions::new(move |request| {
        Ok(DayReport {
            guild_id: request.guild_id,
            date: request.date,
            status: DayStatus::Built,
            summaries: texts.get(&request.date).map(|text| (ann, text.clone())).into_iter().collect(),
            expires_at: None,
            blocked_messages: 0,
        })
    });
    let clock = FixedClock::at(&(last.end() + SignedDuration::from_hours(12)).to_string());
    let deps = build_memories::Deps {
        models: Models::Configured,
        today: guild_memory::domain::Today::Append,
        merge_batch: NonZeroUsize::MIN,
        asked_for: AskedFor::default(),
        summary_cooldowns: Cooldowns::new(store.clone(), clock.clone(), Vec::new()),
        memory: store,
        functions,
        model: model.clone(),
        clock,
        calendar: Calendar { history_days: 6, settle: SETTLE },
    };
    let request = decode(json!({"guild_id": guild, "user_ids": [ann]}))?;
    let answer = build_memories(&deps, Deadline::new(PATIENCE, None), request).await?;
    match answer.errors.first() {
        Some(failure) => anyhow::bail!("{}", failure.error),
        None => answer.memories.into_values().flatten().next().context("nothing is known"),
    }
}

fn person(name: &str, facts: &[String]) -> Result<Person> {
    let then = Timestamp::UNIX_EPOCH;
    let fact = |(n, text): (u128, &String)| Ok((FactId::new(then, n), Fact::new(text, None, then)?));
    let facts: Result<_> = (1..).zip(facts).map(fact).collect();
    Ok(Person { facts: facts?, called: KnownNames::of_account(name, MessageId::try_from(1)?), ..Person::default() })
}
