//! Whether somebody is still in a guild, as Discord says it whatever it was asked about them (DESIGN rule 44).

use super::{
    deps::{SyncDiscord, SyncMemory},
    run::GuildRun,
};
use crate::{
    app::people::{came_back, left},
    domain::{Left, UserId},
    ports::{Clock, DiscordError, StoreError},
};

/// Notes what Discord answered about somebody, and then that it was asked: a run that dies in between asks again.
pub(super) async fn note_answer<M: SyncMemory, W, D: SyncDiscord, C: Clock>(
    run: &GuildRun<'_, M, W, D, C>,
    user: UserId,
    is_member: bool,
) -> Result<(), StoreError> {
    let who = Left::Member(run.guild, user);
    if run.asks_who_left && is_member {
        came_back(run.memory, who).await?;
    } else if run.asks_who_left {
        left(run.memory, who, run.clock.now()).await?;
    }
    note_asked(run, user).await
}

/// Notes that Discord was asked about somebody: it is not asked again for a day, whatever it said.
pub(super) async fn note_asked<M: SyncMemory, W, D: SyncDiscord, C: Clock>(
    run: &GuildRun<'_, M, W, D, C>,
    user: UserId,
) -> Result<(), StoreError> {
    if !run.asks_who_left {
        return Ok(());
    }
    run.memory.note_member_asked(run.guild, user, run.clock.now()).await
}

/// Whether the next member may be answered for all the same.
pub(super) fn is_about_one(error: &DiscordError) -> bool {
    matches!(error, DiscordError::NotFound { .. } | DiscordError::Refused { .. })
}
