//! `ingest_messages`: takes in messages and deletions. See `docs/DESIGN.md`, section 3.

use guild_memory::{
    app::{AppError, decode, ingest_messages::ingest_messages},
    contract::{IngestReport, IngestRequest},
    domain::Retention,
    ports::{Clock, PurgeDay, ReadPeople, ReadSettings, RecordNames, WriteMessages},
};
use serde_json::Value;

/// What the function works with.
pub struct Deps<S, C> {
    /// Messages, and the people who wrote them.
    pub store: S,
    /// The time.
    pub clock: C,
    /// How long messages are kept.
    pub retention: Retention,
}

/// Decodes the event, stores what it brings, and reports.
///
/// # Errors
/// As a caller sees them (DESIGN section 3).
pub async fn handle<S, C>(deps: &Deps<S, C>, event: Value) -> Result<IngestReport, AppError>
where
    S: WriteMessages + PurgeDay + ReadPeople + RecordNames + ReadSettings,
    C: Clock,
{
    let request: IngestRequest = decode(event)?;
    let guild = request.guild_id;
    let report = ingest_messages(&deps.store, &deps.clock, deps.retention, request)
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
