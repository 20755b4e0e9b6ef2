//! Reads what was written in the channels of the configured guilds, and what was edited and deleted since.
//!
//! Every step is kept before the next one begins, so that a run that dies anywhere is gone on with by the next one:
//!
//! ```text
//! a channel   page ──▶ ingest ──▶ cursor ──▶ page ──▶ ingest ──▶ cursor ──▶ …       what is new
//!             stored ids ──▶ page ──▶ ingest, deletions ──▶ cursor ──▶ …           once an hour, the last 48 hours
//!                                  ▲ dies here: the page is read again, and is unchanged
//! ```

use futures::{StreamExt as _, TryStreamExt as _, stream};

mod archives;
mod authors;
mod channel;
mod closing;
mod deps;
mod guild;
mod intent;
mod keep_warm;
mod members;
mod news;
mod nicks;
mod presence;
mod reconciliation;
mod run;
mod selection;
mod stop;
mod stored;

pub use deps::{Deps, Settings, SyncDiscord, SyncMemory, SyncMessages};

use super::{AppError, Deadline};
use crate::{
    contract::{ErrorType, GuildReport, SyncReport},
    ports::{Clock, CloseDays, WarmMemories},
};
use guild::sync_guild;
use stop::UnknownToken;

/// Guilds read at the same time.
const CONCURRENT_GUILDS: usize = 4;

/// Reads all guilds, as far as the time until `deadline` lets it; the next run goes on. Guilds that were read to their end
/// have their closed days summarized, and the memories kept warm that are asked for.
///
/// # Errors
/// `InvalidRequest` when no guild is configured; `Internal` when Discord does not know the bot's token. What concerns one guild stands in its report.
pub async fn sync_messages<M, W, D, F, C>(
    deps: &Deps<M, W, D, F, C>,
    deadline: Deadline,
) -> Result<SyncReport, AppError>
where
    M: SyncMemory,
    W: SyncMessages,
    D: SyncDiscord,
    F: CloseDays + WarmMemories,
    C: Clock,
{
    if deps.settings.guilds.is_empty() {
        return Err(AppError::invalid("no guild is configured: name those that are read in DISCORD_GUILDS"));
    }
    let begun = deps.clock.now();
    let syncs = deps.settings.guilds.iter().map(|guild| sync_guild(deps, *guild, begun, deadline));
    let guilds: Result<Vec<GuildReport>, UnknownToken> =
        stream::iter(syncs).buffered(CONCURRENT_GUILDS).try_collect().await;
    let mut guilds = guilds?;
    closing::close_days(deps, begun, &mut guilds).await;
    keep_warm::keep_warm(deps, begun, &mut guilds).await;
    Ok(SyncReport { guilds })
}

impl From<UnknownToken> for AppError {
    fn from(UnknownToken: UnknownToken) -> Self {
        let advice = "Discord does not know the bot token (401): put the application's current one into the SSM parameter \
             DISCORD_BOT_TOKEN_PARAMETER names; nothing is lost, the next run goes on";
        Self::new(ErrorType::Internal, advice)
    }
}

#[cfg(test)]
mod tests;
