//! What is known of a guild's channels before anything of them is told (DESIGN rule 26).

use std::time::Duration;

use super::deps::{Deps, RespondMemory};
use crate::{
    app::{Deadline, audience::open_channels},
    domain::{Audience, GuildId, OpenChannels},
    ports::{AskSweep, Clock, ReadArchivedThreads, ReadChannels, ReadChannelsOfDay, StoreError},
};

/// How often it is looked whether the sweep is done, and how long is waited in between.
const MAX_LOOKS: u32 = 100;
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How long archived threads are looked for before a sweep; `sync_messages` has more time for it.
const SEARCH_TIME: Duration = Duration::from_secs(30);

/// Whether it can be told what was made from a guild's channels.
pub(super) enum Openness {
    /// These are open, and nothing is stored of others.
    Known(OpenChannels),
    /// Something may still be stored of channels that are not open any more; its deletion was asked for.
    Sweeping,
    /// Discord does not say which are open.
    Unknown,
}

/// By what is kept, if it is fresh; else by what Discord says now, which is kept.
pub(super) async fn openness<S, M, F, D, R, C>(
    deps: &Deps<S, M, F, D, R, C>,
    guild: GuildId,
    audience: Audience,
    deadline: Deadline,
) -> Result<Openness, StoreError>
where
    S: RespondMemory,
    M: ReadChannelsOfDay,
    F: AskSweep,
    D: ReadChannels + ReadArchivedThreads,
    C: Clock,
{
    let now = deps.clock.now();
    let open = match open_channels(&deps.memory, &deps.channels, guild, audience, now).await? {
        Ok(open) => open,
        Err(error) => {
            tracing::warn!(event = "channels_unknown", %guild, "{error}");
            return Ok(Openness::Unknown);
        }
    };
    if !open.sweep_due {
        return Ok(Openness::Known(open));
    }
    // What is in archived threads of open channels is not to go with the rest.
    if !deps.archived_threads(guild).before_sweep(open, deadline.at_most(SEARCH_TIME)).await?.is_complete {
        tracing::warn!(event = "sweep_not_asked", %guild, "not all archived threads could be looked for");
        return Ok(Openness::Sweeping);
    }
    if let Err(error) = deps.functions.ask_sweep(guild).await {
        tracing::warn!(event = "sweep_not_asked", %guild, "{error}");
        return Ok(Openness::Sweeping);
    }
    swept(deps, guild, audience).await
}

/// Waits a little for the sweep: mostly there is little to delete.
async fn swept<S: RespondMemory, M, F, D, R, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    guild: GuildId,
    audience: Audience,
) -> Result<Openness, StoreError> {
    for _ in 0..MAX_LOOKS {
        tokio::time::sleep(LOOK_EVERY).await;
        let open = deps.memory.open_channels(guild).await?;
        let is_swept = |open: &OpenChannels| !open.sweep_due && open.are_fresh(audience, deps.clock.now());
        if let Some(open) = open.filter(is_swept) {
            return Ok(Openness::Known(open));
        }
    }
    Ok(Openness::Sweeping)
}
