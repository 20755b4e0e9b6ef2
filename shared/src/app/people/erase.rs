//! Ends what is kept of a person in a guild (DESIGN rule 41). It may end anywhere, and who begins again finds less.
//!
//! ```text
//! people     PERSON erased ──▶ memory ──▶ a day: fence ──▶ their messages, mentions, purge ──▶ their text ──▶ … ──▶ done
//! ingest         decided before it: stored before the fence ──▶ found here, or refused │ after it: left out
//! a build        had read their messages: its commit is refused by the purge
//! a merge        had read their facts: its lease is gone, or it looks at PERSON
//! ```

use super::{
    deps::{Deps, PeopleMemory, PeopleMessages},
    lesson::{Lesson, MAX_ATTEMPTS},
};
use crate::{
    app::{
        AppError, Deadline,
        ingest_messages::{Batch, BatchWriter},
        retry::backoff,
        sweep::{Walked, each_day},
    },
    contract::{Erased, ErrorType},
    domain::{Day, GuildId, Ledger, Message, MessageId, Person, UserId},
    ports::{Clock, StoreError},
};

/// How often the messages of a day are read again that are others than its ledger counts: for about twelve seconds. Whoever
/// stores them is done by then; what is still missing was changed by hand.
const MAX_READS: u32 = 60;

/// What an erase took from a day.
pub(super) struct ErasedDay {
    pub(super) deleted: usize,
    pub(super) redacted: usize,
    /// Their text went, and what the day tells of others stayed.
    pub(super) is_kept: bool,
}

/// Ends all of it; `opted_out` says by who they were whether anything is kept from now on. Gives that as it was before.
pub(super) async fn erase<S: PeopleMemory, W: PeopleMessages, C: Clock>(
    deps: &Deps<S, W, C>,
    deadline: Deadline,
    lesson: &Lesson<'_, S>,
    opted_out: impl Fn(&Person) -> bool,
) -> Result<(Erased, Person), AppError> {
    let (guild, user) = (lesson.guild, lesson.about);
    let before = end(deps, lesson, |person| Some(opted_out(person))).await?;
    deps.memory.forget_memory(guild, user).await?;
    let person = lesson.person().await?;
    let writer = writer(deps, guild).await?;
    let erase_one = |day, ledger| erase_day(&writer, user, &person, day, ledger);
    let Walked { days, complete } = each_day(&deps.memory, guild, deadline, erase_one).await?;
    if complete { Ok((erased(&days), before)) } else { Err(unfinished(guild)) }
}

/// Leaves of a person what they decide, if that is anything, and that they were erased. As they were before.
pub(super) async fn end<S: PeopleMemory, W, C: Clock>(
    deps: &Deps<S, W, C>,
    lesson: &Lesson<'_, S>,
    opted_out: impl Fn(&Person) -> Option<bool>,
) -> Result<Person, AppError> {
    for attempt in 0..MAX_ATTEMPTS {
        let person = lesson.person().await?;
        let Some(opted_out) = opted_out(&person) else { return Ok(person) };
        let now = deps.clock.now();
        match deps.memory.erase_person(lesson.guild, lesson.about, &person, opted_out, now).await {
            Err(StoreError::Conflict) => tokio::time::sleep(backoff(attempt)).await,
            erased => return Ok(erased.map(|()| person)?),
        }
    }
    Err(StoreError::Conflict.into())
}

/// What changes the days of a guild.
pub(super) async fn writer<S: PeopleMemory, W: PeopleMessages, C: Clock>(
    deps: &Deps<S, W, C>,
    guild: GuildId,
) -> Result<BatchWriter<'_, S, W>, StoreError> {
    Ok(BatchWriter {
        memory: &deps.memory,
        messages: &deps.messages,
        guild,
        now: deps.clock.now(),
        kept_days: deps.memory.settings(guild).await?.kept_days(deps.retention),
        least_days: deps.retention.least,
        decided_by: None,
    })
}

async fn erase_day<S: PeopleMemory, W: PeopleMessages>(
    writer: &BatchWriter<'_, S, W>,
    user: UserId,
    person: &Person,
    day: Day,
    ledger: Ledger,
) -> Result<ErasedDay, StoreError> {
    writer.memory.fence_day(writer.guild, day).await?;
    let messages = all_messages(writer, day).await?;
    let goes = |message: &&Message| person.keeps_out(message.id);
    let ids = |of: fn(&Message, UserId) -> bool| messages.iter().filter(goes).filter(move |one| of(one, user));
    let deleted: Vec<MessageId> = ids(|message, user| message.author.id == user).map(|message| message.id).collect();
    let redacted: Vec<(MessageId, UserId)> =
        ids(|message, user| message.author.id != user && message.mentioned().contains(&user))
            .map(|message| (message.id, user))
            .collect();
    if deleted.is_empty() && redacted.is_empty() && ledger.is_purge_due() {
        // One that died may have deleted the last of them and purged nothing yet.
        writer.memory.purge_day(writer.guild, day, ledger.purged_version).await?;
    }
    let outcome = writer.apply_batch(Batch { deleted, redacted, ..Batch::default() }).await?;
    let is_kept = writer.memory.erase_from_day(writer.guild, day, user).await?;
    Ok(ErasedDay { deleted: outcome.deleted, redacted: outcome.redacted, is_kept })
}

/// All that the ledger counts: who stored the last of them may be in the middle of it (DESIGN rule 6).
pub(super) async fn all_messages<S: PeopleMemory, W: PeopleMessages>(
    writer: &BatchWriter<'_, S, W>,
    day: Day,
) -> Result<Vec<Message>, StoreError> {
    for attempt in 0.. {
        let ledger = writer.messages.stored_day(writer.guild, day, &[]).await?.ledger;
        let stored = writer.messages.messages_of_day(writer.guild, day).await?;
        let messages: Vec<Message> = stored.into_iter().filter_map(|stored| stored.message).collect();
        let are_all = ledger.is_none_or(|ledger| ledger.is_of(&messages));
        if are_all || writer.may_have_expired(day) || attempt == MAX_READS {
            return Ok(messages);
        }
        tokio::time::sleep(backoff(attempt)).await;
    }
    Ok(Vec::new())
}

pub(super) fn erased(days: &[(Day, ErasedDay)]) -> Erased {
    let dates = |of: fn(&ErasedDay) -> bool| days.iter().filter(|(_, day)| of(day)).map(|(date, _)| *date).collect();
    Erased {
        deleted: days.iter().map(|(_, day)| day.deleted).sum(),
        redacted: days.iter().map(|(_, day)| day.redacted).sum(),
        days_changed: dates(|day| day.deleted + day.redacted > 0),
        days_kept: dates(|day| day.is_kept),
    }
}

pub(super) fn unfinished(guild: GuildId) -> AppError {
    let message = format!("not all days of guild {guild} were gone through in time; send the same request again");
    AppError::new(ErrorType::Throttled, message)
}
