//! The answers that take long: what is remembered about a person, and what happened on a day.
//!
//! ```text
//! ask get_memories or daily_summary ──▶ look again: nothing of it was forgotten or deleted meanwhile ──▶ edit the reply
//! ```
//!
//! Whoever asked has seen "thinking…" and waits: whatever fails, words take its place.

mod catch_up;
mod show;

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use super::{AppError, interact::explain};
use crate::{
    contract::{Question, Task},
    domain::{Calendar, GuildId, Reply, UserId},
    ports::{
        AskMemories, Clock, DiscordError, EditReply, ReadChannels, ReadChannelsOfDay, ReadPeople, ReadWindow,
        StoreError, SummarizeDay,
    },
};

/// What a Lambda keeps of its own time to edit the reply.
const TO_DELIVER: Duration = Duration::from_secs(40);
/// How often something is made anew because what it was made from was forgotten or deleted meanwhile.
const MAX_ATTEMPTS: u32 = 3;
/// Discord may not know an interaction yet, right after it was put off: about 12 seconds in all.
const MAX_DELIVERIES: u32 = 6;
const FIRST_WAIT: Duration = Duration::from_millis(400);

/// What answers are made with.
pub struct Deps<S, F, D, R, C> {
    /// Days, people, and in which channels was written.
    pub store: S,
    /// The functions that build memories and summarize days.
    pub functions: F,
    /// Who may see which channel.
    pub channels: D,
    /// Where the answer goes.
    pub replies: R,
    /// The time.
    pub clock: C,
    /// Which days matter.
    pub calendar: Calendar,
}

/// What became of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It is there to be read.
    Delivered,
    /// Something failed, and that is there to be read.
    Explained,
    /// Nobody waits for it: the reply was dismissed, or its time is over.
    NobodyWaits,
}

impl std::fmt::Display for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Delivered => "delivered",
            Self::Explained => "explained",
            Self::NobodyWaits => "nobody_waits",
        })
    }
}

/// Answers `task`; the Lambda is stopped after `remaining`.
///
/// # Errors
/// When Discord took the answer neither at once nor later; the same task can be sent again while its token lives.
pub async fn respond<S, F, D, R, C>(
    deps: &Deps<S, F, D, R, C>,
    remaining: Duration,
    task: &Task,
) -> Result<Delivery, AppError>
where
    S: ReadWindow + ReadPeople + ReadChannelsOfDay,
    F: AskMemories + SummarizeDay,
    D: ReadChannels,
    R: EditReply,
    C: Clock,
{
    if time_left(deps.clock.now(), task).is_zero() {
        return Ok(Delivery::NobodyWaits);
    }
    let time = remaining.saturating_sub(TO_DELIVER);
    let (reply, delivery) = match tokio::time::timeout(time, answer(deps, time, task)).await {
        Ok(Ok(reply)) => (reply, Delivery::Delivered),
        failed => (failure(task, failed.ok().and_then(Result::err)), Delivery::Explained),
    };
    deliver(deps, task, &reply).await.map(|there| if there { delivery } else { Delivery::NobodyWaits })
}

async fn answer<S, F, D, R, C>(deps: &Deps<S, F, D, R, C>, time: Duration, task: &Task) -> Result<Reply, AppError>
where
    S: ReadWindow + ReadPeople + ReadChannelsOfDay,
    F: AskMemories + SummarizeDay,
    D: ReadChannels,
    C: Clock,
{
    match task.question {
        Question::Show { user_id } => show::show(deps, time, task, user_id).await,
        Question::CatchUp { date, user_id } => catch_up::catch_up(deps, task, date, user_id).await,
    }
}

/// Logs what failed, here and nowhere else, and says it in words. Without an error it was too slow.
fn failure(task: &Task, error: Option<AppError>) -> Reply {
    let (guild, question) = (task.guild_id, task.question.name());
    match error {
        Some(error) => {
            tracing::warn!(event = "answer_failed", %guild, question, error_type = %error.kind, "{error}");
            explain(task.language, &error).into()
        }
        None => {
            tracing::warn!(event = "answer_failed", %guild, question, error_type = "Timeout");
            task.language.model_trouble().into()
        }
    }
}

/// Puts the answer in place; `false` if Discord does not know the reply (any more).
async fn deliver<S, F, D, R, C>(deps: &Deps<S, F, D, R, C>, task: &Task, reply: &Reply) -> Result<bool, AppError>
where
    R: EditReply,
    C: Clock,
{
    for attempt in 0..MAX_DELIVERIES {
        match deps.replies.edit_reply(&task.handle, reply, task.language).await {
            Ok(()) => return Ok(true),
            Err(DiscordError::NotFound { .. }) => {
                let wait = FIRST_WAIT.saturating_mul(1 << attempt);
                if wait >= time_left(deps.clock.now(), task) {
                    break;
                }
                tokio::time::sleep(wait).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

/// How long the reply can still be edited.
fn time_left(now: Timestamp, task: &Task) -> Duration {
    task.handle.ends_at().duration_since(now).try_into().unwrap_or_default()
}

/// The names of people, for where Discord does not show them.
async fn names<S: ReadPeople>(
    store: &S,
    guild: GuildId,
    users: &[UserId],
) -> Result<BTreeMap<UserId, String>, StoreError> {
    let people = store.people(guild, users).await?;
    Ok(people.iter().filter_map(|(user, person)| Some((*user, person.name()?.to_owned()))).collect())
}

#[cfg(test)]
mod tests;
