//! What the models are asked: a day of the sample week, and a person who is known a little.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::{Context as _, Result};
use guild_memory::{
    app::{
        Cooldowns, Deadline,
        build_memories::{self, build_memories},
        decode,
        ingest_messages::ingest_messages,
        summarize_day::{self, Settings, summarize_day},
    },
    contract::{DayReport, DayRequest, DayStatus},
    domain::{Alias, Calendar, Day, Fact, FactId, GuildId, Ledger, MessageId, Person, UserId, prompt::ChunkLimits},
    ports::LanguageModel,
    testing::{FixedClock, InMemoryStore, ScriptedFunctions, ingest_deps},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

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

    let store = InMemoryStore::default();
    let clock = FixedClock::at(&(first.day().end() + SignedDuration::from_hours(1)).to_string());
    ingest_messages(&ingest_deps(&store, &clock), decode(week.clone())?).await?;
    let settings = Settings {
        settle: SETTLE,
        open_day_ttl: Duration::from_secs(3600),
        chunks: ChunkLimits { messages: 800, tokens: 60_000 },
    };
    let deps = summarize_day::Deps {
        memory: store.clone(),
        messages: store,
        model: model.clone(),
        clock,
        settings,
        discord_guilds: BTreeSet::new(),
    };
    let request = DayRequest { guild_id, date: first.day(), user_ids: None, rebuild: false };
    let report = summarize_day(&deps, Deadline::new(PATIENCE, None), request).await?;
    let line = |(user, text): (&UserId, &String)| {
        format!("{}: {text}", names.get(user.to_string().as_str()).copied().unwrap_or("somebody"))
    };
    Ok(report.summaries.iter().map(line).collect())
}

const ANN: u64 = 998_100_000_000_000_211;

/// One person's memory, of two facts and a day.
pub(super) async fn merge<M: LanguageModel + Clone>(model: &M) -> Result<Vec<String>> {
    let now: Timestamp = "2026-11-22T12:00:00Z".parse()?;
    let (guild, ann, yesterday) = (GuildId::try_from(1)?, UserId::try_from(ANN)?, Day::of(now).days_before(1));
    let store = InMemoryStore::default();
    store.put_ledger(guild, yesterday, Ledger { version: 1, purged_version: 0, message_count: 9, ..Ledger::default() });
    store.put_person(guild, ann, person(now)?);
    let text = "Ann passed her tram driver exam with 38 of 40 points and starts on line 4 next week. She told Ben that \
                she is fine with hazelnuts by now; nobody believed her.";
    let functions = ScriptedFunctions::new(move |request| {
        Ok(DayReport {
            guild_id: request.guild_id,
            date: request.date,
            status: DayStatus::Built,
            summaries: [(ann, text.to_owned())].into(),
            expires_at: None,
            blocked_messages: 0,
        })
    });
    let clock = FixedClock::at(&now.to_string());
    let deps = build_memories::Deps {
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
        None => Ok(answer.memories.into_values().flatten().collect()),
    }
}

fn person(now: Timestamp) -> Result<Person> {
    let fact = |n, text| Ok((FactId::new(now, n), Fact::new(text, None, now)?));
    let facts: Result<_> =
        [fact(1, "Is allergic to hazelnuts; almonds are fine."), fact(2, "Wants to be called Ann in public.")]
            .into_iter()
            .collect();
    Ok(Person {
        facts: facts?,
        last_name: Some(("Ann".to_owned(), MessageId::try_from(1)?)),
        aliases: [("Annie".to_owned(), Alias::default())].into(),
        ..Person::default()
    })
}
