//! What happened on a day, told from the channels that are open to the audience: `daily_summary` reads no others.

use std::collections::BTreeMap;

use super::{
    deps::{Deps, RespondMemory},
    names::names,
    told::{Told, tell},
};
use crate::{
    app::{AppError, Deadline},
    contract::DeferredInteraction,
    domain::{Day, ReplyContent, UserId, quoted},
    ports::{Clock, StoreError, SummarizeDay, TextsOf},
};

/// How often a day is told anew because something of it was deleted meanwhile.
const MAX_ATTEMPTS: u32 = 3;

/// Has the day summarized, and looks again whether something of it was deleted.
pub(super) async fn catch_up<S, M, F, D, R, C>(
    deps: &Deps<S, M, F, D, R, C>,
    deadline: Deadline,
    interaction: &DeferredInteraction,
    day: Day,
    person: Option<UserId>,
) -> Result<ReplyContent, AppError>
where
    S: RespondMemory,
    F: SummarizeDay,
    C: Clock,
{
    let (guild, language) = (interaction.guild_id, interaction.language);
    let of = TextsOf::named(person.as_ref().map(std::slice::from_ref));
    for _ in 0..MAX_ATTEMPTS {
        let seen = deps.memory.read_day(guild, day, of).await?;
        let texts = match tell(deps, deadline, guild, day, of, &seen).await? {
            Told::Texts(texts) => texts,
            Told::Nothing => return Ok(language.nothing_happened(day).into()),
            Told::Blocked => return Ok(language.day_blocked(day).into()),
            Told::Pending => {
                let why = language.day_pending(day);
                let older = at_hand(deps, interaction, day, person, why.clone()).await?;
                return Ok(older.unwrap_or_else(|| why.into()));
            }
        };
        // What was deleted while it was being read is not told: it is read again.
        let now = deps.memory.read_day(guild, day, TextsOf::NOBODY).await?;
        if now.purged_version() == seen.purged_version() {
            let open = now.summary.filter(|summary| summary.expires_at.is_some());
            let footnote = open.map(|summary| language.today_read_until(summary.built_at)).unwrap_or_default();
            let nothing = || person.map_or(language.nothing_happened(day), |person| language.nothing_of(person, day));
            let reply = compose(&deps.memory, interaction, day, texts, person).await?;
            return Ok(ReplyContent { footnote, ..reply.unwrap_or_else(|| nothing().into()) });
        }
    }
    Err(StoreError::Conflict.into())
}

/// What is committed of the day, however old, with `why` it is not all; `None` if that is nothing.
pub(super) async fn at_hand<S: RespondMemory, M, F, D, R, C>(
    deps: &Deps<S, M, F, D, R, C>,
    interaction: &DeferredInteraction,
    day: Day,
    person: Option<UserId>,
    why: String,
) -> Result<Option<ReplyContent>, AppError> {
    let (guild, language) = (interaction.guild_id, interaction.language);
    let of = TextsOf::named(person.as_ref().map(std::slice::from_ref));
    let seen = deps.memory.read_day(guild, day, of).await?;
    let Some(summary) = seen.unpurged_summary() else { return Ok(None) };
    let reply = compose(&deps.memory, interaction, day, summary.texts.clone(), person).await?;
    let now = deps.memory.read_day(guild, day, TextsOf::NOBODY).await?;
    let footnote = [language.earlier_version(summary.built_at), why].join("\n");
    let reply = reply.filter(|_| now.purged_version() == seen.purged_version());
    Ok(reply.map(|reply| ReplyContent { footnote, ..reply }))
}

/// The day in words, about `person` alone if one is named; nothing about people who opted out. `None` if that is nobody.
async fn compose<S: RespondMemory>(
    store: &S,
    interaction: &DeferredInteraction,
    day: Day,
    mut texts: BTreeMap<UserId, String>,
    person: Option<UserId>,
) -> Result<Option<ReplyContent>, StoreError> {
    texts.retain(|user, _| person.is_none_or(|person| person == *user));
    let users: Vec<UserId> = texts.keys().copied().collect();
    let people = store.people(interaction.guild_id, &users).await?;
    texts.retain(|user, _| !people.get(user).is_some_and(|person| person.is_left_out()));
    let language = interaction.language;
    if texts.is_empty() {
        return Ok(None);
    }
    let told = texts.iter().map(|(user, text)| format!("**<@{user}>**\n{}", quoted(text)));
    let text = std::iter::once(language.the_day(day)).chain(told).collect::<Vec<_>>().join("\n\n");
    Ok(Some(ReplyContent { names: names(&people), ..ReplyContent::from(text) }))
}
