//! Ends all that is kept of a guild (DESIGN rule 45). It is noted first and forgotten last, so that what was begun is done to
//! its end, whoever dies on the way:
//!
//! ```text
//! noted ──▶ everything until now stays out ──▶ everybody ──▶ a day ──▶ … ──▶ the guild's own ──▶ who left it ──▶ forgotten
//!                 ▲ dies anywhere: the next run begins here, and finds less
//! ```

use std::collections::BTreeSet;

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::deps::{Deps, PeopleMemory, PeopleMessages};
use crate::{
    app::{AppError, Deadline},
    contract::Wiped,
    domain::{Day, GuildId, Left, UserId, Wipe},
    ports::{Clock, StoreError},
};

/// People, and guild-days, that are ended at the same time.
const CONCURRENT: usize = 8;
/// How often a day is begun anew because something was stored or built of it meanwhile.
const MAX_TRIES: usize = 5;

/// Notes that the guild is to be wiped at once, and does as much of it as there is time for. If that is not all, the next run
/// goes on.
///
/// # Errors
/// What the store failed with; what is gone stays gone.
pub async fn wipe_now<S: PeopleMemory, W: PeopleMessages, C: Clock>(
    deps: &Deps<S, W, C>,
    deadline: Deadline,
    guild: GuildId,
) -> Result<Wiped, AppError> {
    let whole = Wipe::whole(deps.clock.now());
    // One that a moderator asked for begins now, and leaves nothing either.
    deps.memory.replace_wipe(guild, whole).await?;
    wipe(deps, deadline, guild, whole).await
}

/// Does as much of a wipe that is noted as there is time for.
pub(super) async fn wipe<S: PeopleMemory, W: PeopleMessages, C: Clock>(
    deps: &Deps<S, W, C>,
    deadline: Deadline,
    guild: GuildId,
    wipe: Wipe,
) -> Result<Wiped, AppError> {
    let wiped = wipe_what_is_there(deps, deadline, guild, wipe).await?;
    let Wiped { people, days, messages, complete } = wiped;
    tracing::warn!(event = "guild_wiped", %guild, people, days, messages, complete);
    Ok(wiped)
}

async fn wipe_what_is_there<S: PeopleMemory, W: PeopleMessages, C: Clock>(
    deps: &Deps<S, W, C>,
    deadline: Deadline,
    guild: GuildId,
    wipe: Wipe,
) -> Result<Wiped, AppError> {
    let (memory, now) = (&deps.memory, deps.clock.now());
    memory.fence_guild(guild, now).await?;
    let days = memory.days_of_guild(guild).await?;
    let everybody = memory.everybody_in(guild, &days).await?;
    let end_one = |user: UserId| async move {
        let has_time = !deadline.is_reached();
        if has_time {
            memory.wipe_person(guild, user, now).await?;
        }
        Ok::<_, StoreError>(has_time)
    };
    let ended: Vec<bool> = stream::iter(everybody.into_iter().map(end_one)).buffered(CONCURRENT).try_collect().await?;
    let dropped = drop_days(deps, deadline, guild, days).await?;
    let mut wiped = Wiped {
        people: ended.iter().filter(|ended| **ended).count(),
        days: dropped.iter().flatten().count(),
        messages: dropped.iter().flatten().sum(),
        complete: ended.into_iter().all(|ended| ended) && dropped.iter().all(Option::is_some),
    };
    // A day may have been begun anew behind the query.
    wiped.complete = wiped.complete && memory.days_of_guild(guild).await?.iter().all(|day| day.start() > now);
    if wiped.complete {
        memory.drop_guild(guild, wipe.keeps_settings).await?;
        forget_who_left(memory, guild, wipe).await?;
        memory.note_left(Left::Wiped(guild), now).await?;
        memory.wipe_is_done(guild).await?;
    }
    Ok(wiped)
}

/// Looks for who was noted by somebody who had read the guild before it was wiped, and died before they looked again.
pub(super) async fn look_again<S: PeopleMemory, W, C>(deps: &Deps<S, W, C>, guild: GuildId) -> Result<(), StoreError> {
    let everybody: Vec<UserId> = deps.memory.everybody_in(guild, &BTreeSet::new()).await?.into_iter().collect();
    for (user, person) in deps.memory.people(guild, &everybody).await? {
        if let Some(at) = person.erased_at.filter(|_| person.is_only_named_before()) {
            deps.memory.wipe_person(guild, user, at).await?;
        }
    }
    Ok(())
}

/// How many messages went of each day; `None` where it was not begun or could not be ended.
async fn drop_days<S: PeopleMemory, W: PeopleMessages, C>(
    deps: &Deps<S, W, C>,
    deadline: Deadline,
    guild: GuildId,
    days: BTreeSet<Day>,
) -> Result<Vec<Option<usize>>, StoreError>
where
    C: Clock,
{
    let drop_one = |day: Day| async move {
        let mut messages = 0;
        for _ in 0..MAX_TRIES {
            if deadline.is_reached() {
                return Ok(None);
            }
            let mark = deps.memory.empty_day(guild, day).await?;
            messages += deps.messages.drop_messages(guild, day).await?;
            if deps.memory.drop_day(guild, day, mark).await? {
                return Ok(Some(messages));
            }
        }
        Ok(None)
    };
    stream::iter(days.into_iter().map(drop_one)).buffered(CONCURRENT).try_collect().await
}

/// Nothing is kept of them any more.
async fn forget_who_left<S: PeopleMemory>(memory: &S, guild: GuildId, wipe: Wipe) -> Result<(), StoreError> {
    let of_guild = memory.all_left().await?.into_keys().filter(|who| who.guild() == guild);
    for who in of_guild {
        // Who keeps the app may still remove it.
        if matches!(who, Left::Member(..)) || !wipe.keeps_settings {
            memory.note_back(who).await?;
        }
    }
    Ok(())
}
