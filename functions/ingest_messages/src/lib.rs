//! `ingest_messages`: takes in messages and deletions. See `docs/DESIGN.md`, section 3.

pub use guild_memory::app::ingest_messages::Deps;
use guild_memory::{
    app::{
        AppError, decode,
        ingest_messages::{IngestMemory, ingest_messages},
    },
    contract::{IngestReport, IngestRequest},
    ports::{Clock, WriteMessages},
};
use serde_json::Value;

/// Decodes the event, stores what it brings, and reports.
///
/// # Errors
/// As a caller sees them (DESIGN section 3).
pub async fn handle<M, W, C>(deps: &Deps<M, W, C>, event: Value) -> Result<IngestReport, AppError>
where
    M: IngestMemory,
    W: WriteMessages,
    C: Clock,
{
    let request: IngestRequest = decode(event)?;
    let guild = request.guild_id;
    let report = ingest_messages(deps, request)
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
