//! Who left, and who came back (DESIGN rules 44 and 45). It is noted when it is known, and ends what is kept when it is due:
//!
//! ```text
//! gateway, sync   left ──▶ noted ┄┄ LEFT_DAYS ┄┄▶ erase_due: erased ──▶ forgotten
//!                          came back ──▶ forgotten ─ ─ ─ ─ ─ ─▶ nothing is due
//!                                  dies here: erased again by the next run ▲
//! ```

use jiff::{SignedDuration, Timestamp};

use super::{
    deps::{Deps, PeopleMemory, PeopleMessages},
    erase::erase,
    lesson::Lesson,
    wipe::{look_again, wipe},
};
use crate::{
    app::{AppError, Deadline},
    contract::EndedReport,
    domain::{GuildId, Left, MISSING_FOR, Person, UserId, Wipe},
    ports::{Clock, NoteLeft, StoreError},
};

/// Notes that they left; `false` if that was known.
pub(in crate::app) async fn left<S: NoteLeft>(memory: &S, who: Left, at: Timestamp) -> Result<bool, StoreError> {
    let is_new = memory.note_left(who, at).await?;
    match who {
        _ if !is_new => {}
        Left::Member(guild, user) => tracing::info!(event = "member_left", %guild, %user),
        Left::Guild(guild) => tracing::warn!(event = "guild_left", %guild),
        Left::Missing(guild) => tracing::warn!(event = "guild_missing", %guild),
        Left::Wiped(_) => {}
    }
    Ok(is_new)
}

/// Notes that they are there; `false` if nobody noted that they left.
pub(in crate::app) async fn came_back<S: NoteLeft>(memory: &S, who: Left) -> Result<bool, StoreError> {
    let was_noted = memory.note_back(who).await?;
    match who {
        _ if !was_noted => {}
        Left::Member(guild, user) => tracing::info!(event = "member_came_back", %guild, %user),
        Left::Guild(guild) | Left::Missing(guild) => tracing::warn!(event = "guild_came_back", %guild),
        Left::Wiped(_) => {}
    }
    Ok(was_noted)
}

/// Notes of a member of whom something is kept that they left, where that ever ends anything.
pub(super) async fn member_left<S: PeopleMemory, W, C: Clock>(
    deps: &Deps<S, W, C>,
    lesson: &Lesson<'_, S>,
) -> Result<bool, AppError> {
    let is_noted = deps.left_kept_for.is_some() && lesson.person().await?.is_recorded();
    Ok(is_noted && left(&deps.memory, Left::Member(lesson.guild, lesson.about), deps.clock.now()).await?)
}

/// Notes that a guild removed the app, where that ever ends anything.
///
/// # Errors
/// What the store failed with.
pub async fn guild_left<S: PeopleMemory, W, C: Clock>(deps: &Deps<S, W, C>, guild: GuildId) -> Result<bool, AppError> {
    Ok(deps.left_kept_for.is_some() && left(&deps.memory, Left::Guild(guild), deps.clock.now()).await?)
}

/// Notes that a guild has the app; `false` if nobody noted that it was gone.
///
/// # Errors
/// What the store failed with.
pub async fn guild_came_back<S: PeopleMemory, W, C>(deps: &Deps<S, W, C>, guild: GuildId) -> Result<bool, AppError> {
    Ok(is_there(&deps.memory, guild).await?)
}

/// The same, of who reads the guild.
pub(in crate::app) async fn is_there<S: NoteLeft>(memory: &S, guild: GuildId) -> Result<bool, StoreError> {
    Ok(came_back(memory, Left::Guild(guild)).await? | came_back(memory, Left::Missing(guild)).await?)
}

/// Discord says that there is no such guild: if it has said nothing else for long enough, the guild removed the app.
pub(in crate::app) async fn is_missing<S: NoteLeft>(
    memory: &S,
    guild: GuildId,
    now: Timestamp,
) -> Result<(), StoreError> {
    left(memory, Left::Missing(guild), now).await?;
    let since = memory.left_at(Left::Missing(guild)).await?;
    if since.is_some_and(|since| now.duration_since(since) >= MISSING_FOR) {
        left(memory, Left::Guild(guild), now).await?;
    }
    Ok(())
}

/// Ends what is kept of everybody who left long enough ago, those first who left first. Nothing is begun after `deadline`: the
/// next run goes on. What fails keeps nobody else.
///
/// # Errors
/// What the store failed with, where it is not known who left.
pub async fn erase_due<S: PeopleMemory, W: PeopleMessages, C: Clock>(
    deps: &Deps<S, W, C>,
    deadline: Deadline,
) -> Result<EndedReport, AppError> {
    let mut report = EndedReport { complete: true, ..EndedReport::default() };
    turn_into_wipes(deps).await?;
    let (wipes, now) = (deps.memory.wipes().await?, deps.clock.now());
    for (guild, noted) in wipes.into_iter().filter(|(_, noted)| noted.has_begun(now)) {
        match wipe(deps, deadline, guild, noted).await {
            Ok(wiped) => {
                report.guilds += usize::from(wiped.complete);
                report.complete &= wiped.complete;
            }
            Err(error) => report.complete = failed(guild, &error),
        }
    }
    for (who, at) in due(deps).await? {
        if deadline.is_reached() {
            report.complete = false;
            break;
        }
        match end(deps, deadline, who, at).await {
            Ok(Ended::Member) => report.members += 1,
            Ok(Ended::Nothing) => {}
            Err(error) => report.complete = failed(who.guild(), &error),
        }
    }
    Ok(report)
}

/// The next run tries again.
fn failed(guild: GuildId, error: &AppError) -> bool {
    tracing::warn!(event = "left_not_erased", %guild, error_type = %error.kind, "{error}");
    false
}

/// Guilds whose time is over are wiped, and wiped to the end: it is noted before it is forgotten that they left.
async fn turn_into_wipes<S: PeopleMemory, W, C: Clock>(deps: &Deps<S, W, C>) -> Result<(), AppError> {
    for (who, _) in due(deps).await? {
        if let Left::Guild(guild) = who {
            // Whatever its moderators decided goes with it, also where they had asked for a wipe.
            deps.memory.replace_wipe(guild, Wipe::whole(deps.clock.now())).await?;
            deps.memory.note_back(who).await?;
        }
    }
    Ok(())
}

async fn due<S: PeopleMemory, W, C: Clock>(deps: &Deps<S, W, C>) -> Result<Vec<(Left, Timestamp)>, AppError> {
    let kept_for = deps.left_kept_for.unwrap_or(SignedDuration::MAX);
    let (left, now) = (deps.memory.all_left().await?, deps.clock.now());
    let mut due: Vec<(Left, Timestamp)> = left.into_iter().filter(|(who, at)| who.is_due(*at, kept_for, now)).collect();
    due.sort_unstable_by_key(|(_, at)| *at);
    Ok(due)
}

/// What came of one who was due.
enum Ended {
    Member,
    Nothing,
}

async fn end<S: PeopleMemory, W: PeopleMessages, C: Clock>(
    deps: &Deps<S, W, C>,
    deadline: Deadline,
    who: Left,
    at: Timestamp,
) -> Result<Ended, AppError> {
    if deps.memory.left_at(who).await? != Some(at) {
        return Ok(Ended::Nothing);
    }
    match who {
        Left::Member(guild, user) => end_member(deps, deadline, guild, user, at).await,
        Left::Wiped(guild) => {
            look_again(deps, guild).await?;
            deps.memory.note_back(who).await?;
            Ok(Ended::Nothing)
        }
        // It is turned into a wipe, or nobody knows.
        Left::Guild(_) | Left::Missing(_) => Ok(Ended::Nothing),
    }
}

async fn end_member<S: PeopleMemory, W: PeopleMessages, C: Clock>(
    deps: &Deps<S, W, C>,
    deadline: Deadline,
    guild: GuildId,
    user: UserId,
    at: Timestamp,
) -> Result<Ended, AppError> {
    let lesson = Lesson { store: &deps.memory, guild, about: user };
    let who = Left::Member(guild, user);
    if lesson.person().await?.wrote_after(at) {
        came_back(&deps.memory, who).await?;
        return Ok(Ended::Nothing);
    }
    erase(deps, deadline, &lesson, |person: &Person| person.opted_out).await?;
    deps.memory.note_back(who).await?;
    tracing::info!(event = "member_erased", %guild, %user);
    Ok(Ended::Member)
}
