//! All that the page shows.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use guild_memory::{
    domain::{Calendar, Day, GuildId, Ledger, Message},
    ports::{ListPeople as _, ReadWindow as _, WatchDays as _},
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    days::{self, DayTile},
    desk::{Desk, Tables},
    functions::{self, FunctionRow},
    models::{self, ModelRow},
    people::{self, PersonCard, Written},
    requests::{self, RequestCard},
};
use crate::services::Services;

/// So many people have a card; of the others it is told how many they are.
const MOST_PEOPLE: usize = 60;
/// Requests to the store that may bring a guild that was not there.
const WRITES: [&str; 4] = ["PutItem", "UpdateItem", "TransactWriteItems", "BatchWriteItem"];

/// All that the page shows. It has no time of its own in it: where nothing happens it stays as it is, byte by byte.
#[derive(Serialize)]
pub(super) struct PageData {
    guilds: BTreeSet<GuildId>,
    guild: Option<GuildId>,
    functions: Vec<FunctionRow>,
    model_calls: u64,
    store_requests: u64,
    days: Vec<DayTile>,
    people: Vec<PersonCard>,
    /// People without a card.
    more_people: usize,
    models: Vec<ModelRow>,
    requests: Vec<RequestCard>,
    /// What could not be read.
    problems: Vec<String>,
}

/// What is to be shown of a guild: of the first one, if that one is unknown.
pub(super) async fn all(services: &Services, guild: Option<GuildId>, now: Timestamp) -> PageData {
    let desk = &services.desk;
    let counters = services.counters();
    let mut page = PageData {
        guilds: BTreeSet::new(),
        guild: None,
        functions: functions::rows(services),
        model_calls: counters.model_calls,
        store_requests: counters.dynamodb_requests.values().sum(),
        days: Vec::new(),
        people: Vec::new(),
        more_people: 0,
        models: Vec::new(),
        requests: requests::cards(&services.traces),
        problems: Vec::new(),
    };
    let Some(tables) = desk.tables() else { return page };
    let writes = WRITES.iter().filter_map(|operation| counters.dynamodb_requests.get(*operation)).sum();
    let read = async {
        page.models = models::rows(desk, &tables.memory, now).await?;
        page.guilds = desk.guilds(writes).await?;
        page.guild = guild.filter(|guild| page.guilds.contains(guild)).or_else(|| page.guilds.first().copied());
        let Some(guild) = page.guild else { return Ok(()) };
        of_guild(&mut page, desk, tables, guild, now).await
    };
    if let Err(error) = read.await {
        page.problems.push(format!("{error:#}"));
    }
    page
}

async fn of_guild(page: &mut PageData, desk: &Desk, tables: &Tables, guild: GuildId, now: Timestamp) -> Result<()> {
    let calendar = calendar(desk);
    let window = calendar.window(now);
    let written = written(desk, tables, guild, &window).await?;
    let listed = tables.memory.listed_people(guild).await?;
    let mut people: Vec<_> = listed.into_keys().collect();
    // Who wrote most comes first: they are the ones to look at.
    people.sort_by_key(|user| (usize::MAX - written.of(*user), *user));
    page.more_people = people.len().saturating_sub(MOST_PEOPLE);
    people.truncate(MOST_PEOPLE);

    let read = tables.memory.read_window(guild, &window, &people).await;
    let mut records = BTreeMap::new();
    for (day, record) in read.days {
        match record {
            Ok(record) => drop(records.insert(day, record)),
            Err(error) => page.problems.push(format!("{day}: {error}")),
        }
    }
    page.days = records.iter().rev().map(|(day, record)| days::tile(*day, record, &calendar, now)).collect();
    let mut known = BTreeMap::new();
    for (user, record) in read.people {
        match record {
            Ok(record) => drop(known.insert(user, record)),
            Err(error) => page.problems.push(format!("{user}: {error}")),
        }
    }
    page.people = people::cards(&people, &known, &records, &written, now);
    Ok(())
}

/// What people wrote on those days.
async fn written(desk: &Desk, tables: &Tables, guild: GuildId, window: &[Day]) -> Result<Written> {
    let mut written = Written::default();
    for (day, record) in tables.memory.day_ledgers(guild, window).await {
        if let Some(Ledger { version, message_count: 1.., .. }) = record?.ledger {
            let messages = desk.messages(guild, day, version).await?;
            messages.iter().for_each(|message: &Message| written.note(day, message));
        }
    }
    Ok(written)
}

/// As the functions have it, or else as they have it if nobody says anything.
fn calendar(desk: &Desk) -> Calendar {
    let number = |name: &str, default| desk.variable(name).and_then(|value| value.parse().ok()).unwrap_or(default);
    Calendar {
        history_days: number("HISTORY_DAYS", 6).min(30) as u16,
        settle: std::time::Duration::from_secs(number("SETTLE_SECONDS", 1200)),
    }
}
