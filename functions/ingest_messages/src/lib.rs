//! `ingest_messages`: takes in messages and deletions. See `docs/DESIGN.md`, section 3.

use std::time::Duration;

pub use guild_memory::app::ingest_messages::Deps;
use guild_memory::{
    app::{
        AppError, Deadline, decode,
        ingest_messages::{SweepMemory, ingest_and_sweep},
    },
    contract::{IngestReport, IngestRequest},
    ports::{Clock, ReadMessageChannels, WriteMessages},
};
use serde_json::Value;

/// The function's timeout in template.yaml.
pub const TIMEOUT: Duration = Duration::from_secs(60);
/// What is left of it to end the days that are being swept.
const MARGIN: Duration = Duration::from_secs(15);

/// Decodes the event, stores what it brings, sweeps if it asks for that, and reports; the Lambda is stopped after
/// `remaining`.
///
/// # Errors
/// As a caller sees them (DESIGN section 3).
pub async fn handle<M, W, C>(deps: &Deps<M, W, C>, event: Value, remaining: Duration) -> Result<IngestReport, AppError>
where
    M: SweepMemory,
    W: ReadMessageChannels + WriteMessages,
    C: Clock,
{
    let request: IngestRequest = decode(event)?;
    let guild = request.guild_id;
    let deadline = Deadline::new(remaining.saturating_sub(MARGIN), None);
    let report = ingest_and_sweep(deps, deadline, request)
        .await
        .inspect_err(|error| tracing::warn!(event = "request_failed", %guild, error_type = %error.kind))?;
    tracing::info!(
        event = "messages_ingested",
        %guild,
        stored = report.stored,
        updated = report.updated,
        unchanged = report.unchanged,
        deleted = report.deleted,
        rejected = report.rejected.len(),
        days_changed = report.days_changed.len(),
    );
    Ok(report)
}
