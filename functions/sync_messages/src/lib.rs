//! `sync_messages`: reads what was written, edited and deleted in the configured guilds, has their days closed, and the memories
//! kept warm that are asked for. See
//! `docs/DESIGN.md`, section 3.

use std::time::{Duration, Instant};

pub use guild_memory::app::sync_messages::Deps;
use guild_memory::{
    app::{
        AppError, Deadline,
        sync_messages::{SyncDiscord, SyncMemory, SyncMessages, sync_messages},
    },
    contract::{GuildReport, SyncReport},
    ports::{Clock, CloseDays, WarmMemories},
};

/// The function's timeout in template.yaml.
pub const TIMEOUT: Duration = Duration::from_secs(540);
/// How long one call of Discord's may take, its waits included: it has to end before the function does.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// What is left of the time when no further page is begun: for one that was, and for writing it down.
const RESERVE: Duration = Duration::from_secs(30);

/// Reads for as long as there is time, whatever the event says; the Lambda is stopped after `remaining`.
///
/// # Errors
/// As a caller sees them (DESIGN section 3).
pub async fn handle<M, W, D, F, C>(deps: &Deps<M, W, D, F, C>, remaining: Duration) -> Result<SyncReport, AppError>
where
    M: SyncMemory,
    W: SyncMessages,
    D: SyncDiscord,
    F: CloseDays + WarmMemories,
    C: Clock,
{
    let started = Instant::now();
    let report = sync_messages(deps, Deadline::new(remaining.saturating_sub(RESERVE), None))
        .await
        .inspect_err(|error| tracing::warn!(event = "sync_failed", error_type = %error.kind, "{error}"))?;
    report.guilds.iter().for_each(|guild| log(guild, started));
    Ok(report)
}

fn log(report: &GuildReport, started: Instant) {
    let guild = report.guild_id;
    for problem in &report.problems {
        tracing::warn!(event = "sync_problem", %guild, "{problem}");
    }
    tracing::info!(
        event = "guild_synced",
        %guild,
        channels = report.channels,
        forbidden = report.forbidden,
        stored = report.stored,
        updated = report.updated,
        deleted = report.deleted,
        complete = report.complete,
        closing = report.closing.map(|day| day.to_string()),
        kept_warm = report.kept_warm,
        duration_ms = started.elapsed().as_millis() as u64,
    );
}
