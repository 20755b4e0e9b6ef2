//! The memories of people who were asked for of late are made again before somebody asks (DESIGN rule 38).
//!
//! ```text
//! get_memories ──▶ notes who is asked for                     sync_messages ──▶ get_memories, warm, behind ──▶ today's summary,
//!                                                             every run, by who was noted                     merges
//! ```

use std::cmp::Reverse;

use futures::future::join_all;
use jiff::Timestamp;

use super::deps::{Deps, SyncMemory};
use crate::{
    app::build_memories::MAX_PEOPLE,
    contract::{GuildReport, MemoriesRequest},
    domain::{GuildId, UserId},
    ports::{StoreError, WarmMemories},
};

/// People of a guild whose memories are kept warm; of more, those who were asked for last.
const MAX_KEPT_WARM: usize = 10 * MAX_PEOPLE;

/// Has the memories made again of everybody who was asked for, in guilds that were read to their end: days of others would
/// be made of what is there by now, and again of the rest.
pub(super) async fn keep_warm<M: SyncMemory, W, D, F: WarmMemories, C>(
    deps: &Deps<M, W, D, F, C>,
    begun: Timestamp,
    reports: &mut [GuildReport],
) {
    if deps.settings.keep_warm.is_zero() {
        return;
    }
    let complete = reports.iter_mut().filter(|report| report.complete);
    join_all(complete.map(async |report| match asked_for(deps, report.guild_id, begun).await {
        Ok(users) => warm(deps, report, &users).await,
        Err(error) => report.problems.push(format!("who was asked for of late could not be read: {error}")),
    }))
    .await;
}

/// Who was asked for of late, the last first.
async fn asked_for<M: SyncMemory, W, D, F, C>(
    deps: &Deps<M, W, D, F, C>,
    guild: GuildId,
    begun: Timestamp,
) -> Result<Vec<UserId>, StoreError> {
    let since = begun.checked_sub(deps.settings.keep_warm).unwrap_or(Timestamp::MIN);
    let noted = deps.memory.asked_for(guild).await?;
    let mut of_late: Vec<(UserId, Timestamp)> = noted.into_iter().filter(|(_, at)| *at > since).collect();
    of_late.sort_by_key(|(user, at)| (Reverse(*at), *user));
    Ok(of_late.into_iter().map(|(user, _)| user).take(MAX_KEPT_WARM).collect())
}

async fn warm<M, W, D, F: WarmMemories, C>(deps: &Deps<M, W, D, F, C>, report: &mut GuildReport, users: &[UserId]) {
    for some in users.chunks(MAX_PEOPLE) {
        let request = MemoriesRequest { refresh: true, ..MemoriesRequest::warm(report.guild_id, some.to_vec()) };
        match deps.functions.warm_memories(request).await {
            Ok(()) => report.kept_warm += some.len(),
            Err(error) => {
                report.problems.push(format!("memories could not be kept warm: {error}"));
                return;
            }
        }
    }
}
