//! `daily_summary`: makes one guild-day's summary, if the one that is there may not be served. See `docs/DESIGN.md`,
//! section 3.

use std::time::Instant;

use guild_memory::{
    app::{
        AppError, decode,
        summarize_day::{Settings, summarize_day},
    },
    ports::{Clock, CommitDaySummary, DayReport, DayRequest, LanguageModel, ReadDay, ReadMessages},
};
use serde_json::Value;

/// What the function works with.
pub struct Deps<S, M, C> {
    /// Days and their messages.
    pub store: S,
    /// Who writes summaries.
    pub model: M,
    /// The time.
    pub clock: C,
    /// How long summaries live.
    pub settings: Settings,
}

/// Decodes the event, summarizes the day, and reports.
///
/// # Errors
/// As a caller sees them (DESIGN section 3).
pub async fn handle<S, M, C>(deps: &Deps<S, M, C>, event: Value) -> Result<DayReport, AppError>
where
    S: ReadDay + ReadMessages + CommitDaySummary,
    M: LanguageModel,
    C: Clock,
{
    let request: DayRequest = decode(event)?;
    let (guild, date, started) = (request.guild_id, request.date, Instant::now());
    let report = summarize_day(&deps.store, &deps.model, &deps.clock, deps.settings, request).await?;
    tracing::info!(
        event = "day_summarized",
        %guild,
        %date,
        status = ?report.status,
        people = report.summaries.len(),
        blocked_messages = report.blocked_messages,
        duration_ms = started.elapsed().as_millis() as u64,
    );
    Ok(report)
}
