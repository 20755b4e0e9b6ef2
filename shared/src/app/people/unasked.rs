//! Ends what is kept of everybody whom a guild asks and who did not say yes: what there is when it begins to ask (DESIGN rule
//! 42). Of them nothing is told any more by then; this takes it away, like an erase of each of them (rule 41), and a day once
//! for all of them. It may end anywhere, and who begins again finds less.
//!
//! ```text
//! SETTINGS asks ──▶ a day: fence ──▶ messages of the unasked, mentions of them, purge ──▶ their texts ──▶ … ──▶ PERSON, memory of each
//! ```

use std::collections::BTreeSet;

use super::{
    deps::{Deps, PeopleMemory, PeopleMessages},
    erase::{ErasedDay, all_messages, end, erased, unfinished, writer},
    lesson::Lesson,
};
use crate::{
    app::{
        AppError, Deadline,
        ingest_messages::{Batch, BatchWriter},
        sweep::{Walked, each_day},
    },
    contract::Erased,
    domain::{Consent, Day, GuildId, Ledger, Message, MessageId, UserId},
    ports::{Clock, StoreError, TextsOf},
};

/// What went of a day, and of whom.
struct EndedDay {
    day: ErasedDay,
    left_out: BTreeSet<UserId>,
}

/// Ends it in all days, whatever their age, and then what is known of everybody who was found in one.
pub(super) async fn end_unasked<S: PeopleMemory, W: PeopleMessages, C: Clock>(
    deps: &Deps<S, W, C>,
    deadline: Deadline,
    guild: GuildId,
) -> Result<Erased, AppError> {
    if deps.memory.settings(guild).await?.consent != Consent::Asked {
        return Err(AppError::invalid("op: in this guild nobody is asked, so there is nobody whose memory ends"));
    }
    let writer = writer(deps, guild).await?;
    let end_one = |day, ledger| end_day(&writer, day, ledger);
    let Walked { days, complete } = each_day(&deps.memory, guild, deadline, end_one).await?;
    let users: BTreeSet<UserId> = days.iter().flat_map(|(_, ended)| ended.left_out.iter().copied()).collect();
    for about in users {
        if deadline.is_reached() {
            return Err(unfinished(guild));
        }
        let lesson = Lesson { store: &deps.memory, guild, about };
        // Whoever says yes meanwhile ends what was before by themselves.
        end(deps, &lesson, |person| person.is_left_out().then_some(person.opted_out)).await?;
        deps.memory.forget_memory(guild, about).await?;
    }
    let days: Vec<(Day, ErasedDay)> = days.into_iter().map(|(day, ended)| (day, ended.day)).collect();
    if complete { Ok(erased(&days)) } else { Err(unfinished(guild)) }
}

async fn end_day<S: PeopleMemory, W: PeopleMessages>(
    writer: &BatchWriter<'_, S, W>,
    day: Day,
    ledger: Ledger,
) -> Result<EndedDay, StoreError> {
    writer.memory.fence_day(writer.guild, day).await?;
    let messages = all_messages(writer, day).await?;
    let in_messages = messages.iter().flat_map(|message| message.mentioned().into_iter().chain([message.author.id]));
    let record = writer.memory.read_day(writer.guild, day, TextsOf::Everybody).await?;
    let in_texts = record.summary.iter().flat_map(|summary| summary.texts.keys().copied());
    let left_out = left_out(writer, in_messages.chain(in_texts).collect()).await?;
    let goes = |message: &&Message| left_out.contains(&message.author.id);
    let mut batch =
        Batch { deleted: messages.iter().filter(goes).map(|message| message.id).collect(), ..Batch::default() };
    let mut mentions: Vec<(MessageId, Vec<UserId>)> = messages
        .iter()
        .filter(|message| !goes(message))
        .map(|message| (message.id, message.mentioned().into_iter().filter(|user| left_out.contains(user)).collect()))
        .collect();
    if batch.deleted.is_empty() && ledger.is_purge_due() {
        // One that died may have deleted the last of them and purged nothing yet.
        writer.memory.purge_day(writer.guild, day, ledger.purged_version).await?;
    }
    let (mut deleted, mut redacted) = (0, BTreeSet::new());
    loop {
        // A batch takes one of them out of a message.
        batch.redacted = mentions.iter_mut().filter_map(|(id, users)| Some((*id, users.pop()?))).collect();
        if batch.deleted.is_empty() && batch.redacted.is_empty() {
            break;
        }
        redacted.extend(batch.redacted.iter().map(|(id, _)| *id));
        deleted += writer.apply_batch(std::mem::take(&mut batch)).await?.deleted;
    }
    let mut is_kept = false;
    for user in &left_out {
        is_kept |= writer.memory.erase_from_day(writer.guild, day, *user).await?;
    }
    Ok(EndedDay { day: ErasedDay { deleted, redacted: redacted.len(), is_kept }, left_out })
}

/// Those of whom nothing may be kept.
async fn left_out<S: PeopleMemory, W>(
    writer: &BatchWriter<'_, S, W>,
    users: BTreeSet<UserId>,
) -> Result<BTreeSet<UserId>, StoreError> {
    let people = writer.memory.people(writer.guild, &users.into_iter().collect::<Vec<_>>()).await?;
    Ok(people.into_iter().filter(|(_, person)| person.is_left_out()).map(|(user, _)| user).collect())
}
