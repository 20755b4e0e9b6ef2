//! `daily_summary`: makes one guild-day's summary, if the one that is there may not be served. See `docs/DESIGN.md`,
//! section 3.

use std::time::{Duration, Instant};

pub use guild_memory::app::summarize_day::Deps;
use guild_memory::{
    app::{
        AppError, Deadline, decode,
        summarize_day::{SummarizeMemory, summarize_day},
    },
    contract::{DayReport, DayRequest},
    ports::{Clock, LanguageModel, ReadMessages},
};
use serde_json::Value;

/// The function's timeout in template.yaml.
pub const TIMEOUT: Duration = Duration::from_secs(120);

/// Decodes the event, summarizes the day, and reports; the Lambda is stopped after `remaining`.
///
/// # Errors
/// As a caller sees them (DESIGN section 3).
pub async fn handle<S, R, M, C>(
    deps: &Deps<S, R, M, C>,
    event: Value,
    remaining: Duration,
) -> Result<DayReport, AppError>
where
    S: SummarizeMemory,
    R: ReadMessages,
    M: LanguageModel,
    C: Clock,
{
    let request: DayRequest = decode(event)?;
    let (guild, date, started) = (request.guild_id, request.date, Instant::now());
    let report = summarize_day(deps, Deadline::new(remaining, None), request)
        .await
        .inspect_err(|error| tracing::warn!(event = "request_failed", %guild, %date, error_type = %error.kind))?;
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
