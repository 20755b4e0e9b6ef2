//! What can be told without a model: what was taught, the last known good memory, what is committed of days.

use std::collections::{BTreeMap, BTreeSet};

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

/// What there is, with `why` it is not all; `None` if there is nothing that may be told. Whom it may be told, and what of
/// channels, is looked at here and now.
pub(super) async fn at_hand<S: RespondMemory, M, F, D, R, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    interaction: &DeferredInteraction,
    why: String,
) -> Result<Option<ReplyContent>, AppError> {
    let guild = interaction.guild_id;
    if !deps.allowed_guilds.allow(guild) || deps.memory.settings(guild).await?.audience != interaction.audience() {
        return Ok(None);
    }
    match interaction.question {
        Question::Decide { .. } => Ok(None),
        Question::Show { user_id } => person(deps, interaction, user_id, why).await,
        Question::CatchUp { date, user_id } => {
            let reply = catch_up::at_hand(deps, interaction, date, user_id, why).await?;
            Ok(if channels_may_be_told(deps, interaction).await? { reply } else { None })
        }
    }
}

/// Whether it is known which channels are open to the audience, nothing is stored of others, and who asks is of it.
async fn channels_may_be_told<S: RespondMemory, M, F, D, R, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    interaction: &DeferredInteraction,
) -> Result<bool, StoreError> {
    let open = deps.memory.open_channels(interaction.guild_id).await?;
    let is_known = open.is_some_and(|open| open.are_fresh(interaction.audience(), deps.clock.now()) && !open.sweep_due);
    Ok(is_known && !interaction.facts_only)
}

/// The facts about a person, and what stands in for the memory by DESIGN rule 13.
async fn person<S: RespondMemory, M, F, D, R, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    interaction: &DeferredInteraction,
    user: UserId,
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
    let (purged, people, with_channels) = tokio::join!(
        purged_versions(&deps.memory, guild, days),
        deps.memory.people(guild, &mentioned),
        channels_may_be_told(deps, interaction)
    );
    let (people, with_channels) = (people?, with_channels?);
    let is_unchanged = people.get(&user).is_none_or(|person| {
        person.facts_revision == record.person.facts_revision
            && person.taught_hash() == record.person.taught_hash()
            && !person.is_left_out()
    });
    if record.person.is_left_out() || !is_unchanged {
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
