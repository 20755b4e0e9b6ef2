//! Who left, and who came back (DESIGN rules 44 and 45). It is noted when it is known, and ends what is kept when it is due:
//!
//! ```text
//! gateway, sync   left ──▶ noted ┄┄ LEFT_DAYS ┄┄▶ erase_due: erased ──▶ forgotten
//!                          came back ──▶ forgotten ─ ─ ─ ─ ─ ─▶ nothing is due
//!                                  dies here: erased again by the next run ▲
//! ```

use jiff::Timestamp;

use super::{
    deps::{Deps, PeopleMemory, PeopleMessages},
    erase::erase,
    lesson::Lesson,
};
use crate::{
    app::{AppError, Deadline},
    contract::EndedReport,
    domain::{GuildId, Left, Person, UserId},
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
    }
    Ok(was_noted)
}

/// Notes of a member of whom something is kept that they left, where that ever ends anything.
pub(super) async fn member_left<S: PeopleMemory, W, C: Clock>(
    deps: &Deps<S, W, C>,
    lesson: &Lesson<'_, S>,
) -> Result<bool, AppError> {
    let is_noted = deps.left_kept_for.is_some() && lesson.person().await?.is_known();
    Ok(is_noted && left(&deps.memory, Left::Member(lesson.guild, lesson.about), deps.clock.now()).await?)
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
    for (who, at) in due(deps).await? {
        if deadline.is_reached() {
            report.complete = false;
            break;
        }
        match end(deps, deadline, who, at).await {
            Ok(Ended::Member) => report.members += 1,
            Ok(Ended::Nothing) => {}
            Err(error) => {
                let guild = who.guild();
                tracing::warn!(event = "left_not_erased", %guild, error_type = %error.kind, "{error}");
                report.complete = false;
            }
        }
    }
    Ok(report)
}

async fn due<S: PeopleMemory, W, C: Clock>(deps: &Deps<S, W, C>) -> Result<Vec<(Left, Timestamp)>, AppError> {
    let Some(kept_for) = deps.left_kept_for else { return Ok(Vec::new()) };
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
