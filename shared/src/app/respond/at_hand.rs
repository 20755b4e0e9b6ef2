//! What can be told without a model: what was taught, the last known good memory, what is committed of days.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicBool, Ordering},
};

use super::{
    catch_up,
    deps::{Deps, RespondMemory},
    memory_page::{MemoryPage, Origin},
    names::names,
};
use crate::{
    app::AppError,
    contract::{DeferredInteraction, Question},
    domain::{Day, DayRecord, DayText, GuildId, Memory, MergeInputs, ReplyContent, Today, UserId},
    ports::{Clock, StoreError},
};

/// What may be told by now: nothing before it is known whom it is told to, and nothing of channels before it is known which
/// are open.
#[derive(Default)]
pub(super) struct Permitted {
    facts: AtomicBool,
    channels: AtomicBool,
}

impl Permitted {
    /// Who asks may be told what was taught.
    pub(super) fn permit_facts(&self) {
        self.facts.store(true, Ordering::Relaxed);
    }

    /// It is known which channels are open, and nothing is stored of others.
    pub(super) fn permit_channels(&self) {
        self.channels.store(true, Ordering::Relaxed);
    }
}

/// What there is, with `why` it is not all; `None` if there is nothing that may be told.
pub(super) async fn at_hand<S: RespondMemory, M, F, D, R, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    interaction: &DeferredInteraction,
    permitted: &Permitted,
    why: String,
) -> Result<Option<ReplyContent>, AppError> {
    if !permitted.facts.load(Ordering::Relaxed) {
        return Ok(None);
    }
    match (interaction.question, permitted.channels.load(Ordering::Relaxed)) {
        (Question::Show { user_id }, with_channels) => person(deps, interaction, user_id, with_channels, why).await,
        (Question::CatchUp { date, user_id }, true) => catch_up::at_hand(deps, interaction, date, user_id, why).await,
        (Question::CatchUp { .. }, false) => Ok(None),
    }
}

/// The facts about a person, and what stands in for the memory by DESIGN rule 13.
async fn person<S: RespondMemory, M, F, D, R, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    interaction: &DeferredInteraction,
    user: UserId,
    with_channels: bool,
    why: String,
) -> Result<Option<ReplyContent>, AppError> {
    let (guild, language, now) = (interaction.guild_id, interaction.language, deps.clock.now());
    let mut days = deps.calendar.window(now);
    let mut window = deps.memory.read_window(guild, &days, &[user]).await;
    let record = window.people.remove(&user).unwrap_or(Err(StoreError::Throttled))?;
    let page = MemoryPage { language, user, record: &record, today: None };
    days.extend(record.memory.iter().flat_map(|memory| memory.day_versions.keys()));
    // What was deleted or forgotten while that was being read is not told.
    let mentioned = page.mentioned();
    let (purged, people) =
        tokio::join!(purged_versions(&deps.memory, guild, days), deps.memory.people(guild, &mentioned));
    let people = people?;
    let is_unchanged = people.get(&user).is_none_or(|person| {
        person.facts_revision == record.person.facts_revision
            && person.taught_hash() == record.person.taught_hash()
            && !person.opted_out
    });
    if record.person.opted_out || !is_unchanged {
        return Ok(None);
    }
    let texts = if with_channels { texts_of(user, window.days) } else { Vec::new() };
    let facts_hash = record.person.taught_hash();
    let is_good = |memory: &&Memory| {
        with_channels && memory.is_last_known_good(&facts_hash, |day| purged.get(&day).copied(), now)
    };
    let inputs = |days| MergeInputs::new(Vec::new(), days, Today::Append).unpurged(&purged);
    let told = match record.memory.as_ref().filter(is_good) {
        Some(memory) => {
            let told = |day: &DayText| !memory.day_versions.contains_key(&day.day);
            let since = inputs(texts.into_iter().filter(told).collect()).with_appended(memory.text.clone());
            Some((since, Origin::Earlier(memory.built_at)))
        }
        None => {
            let days = inputs(texts).unmerged();
            (!days.is_empty()).then_some((days, Origin::Days))
        }
    };
    if told.is_none() && !page.has_lessons() {
        return Ok(None);
    }
    Ok(Some(ReplyContent { names: names(&people), ..page.at_hand(told, why) }))
}

/// What days that are summarized tell about `user`, newest first.
fn texts_of(user: UserId, days: BTreeMap<Day, Result<DayRecord, StoreError>>) -> Vec<DayText> {
    let text = |(day, record): (Day, Result<DayRecord, StoreError>)| {
        let record = record.ok()?;
        let summary = record.unpurged_summary()?;
        Some(DayText {
            day,
            text: summary.texts.get(&user)?.clone(),
            version: summary.version,
            is_final: summary.is_final(),
        })
    };
    days.into_iter().rev().filter_map(text).collect()
}

/// The versions of the last deletions as they are now, of the days that can be read.
async fn purged_versions<S: RespondMemory>(store: &S, guild: GuildId, days: Vec<Day>) -> BTreeMap<Day, u64> {
    let days: BTreeSet<Day> = days.into_iter().collect();
    let days: Vec<Day> = days.into_iter().collect();
    let ledgers = store.day_ledgers(guild, &days).await.into_iter();
    ledgers.filter_map(|(day, ledger)| Some((day, ledger.ok()?.purged_version()))).collect()
}
