//! Makes one guild-day's summary, if the one that is there may not be served and nobody else is making it.
//!
//! ```text
//! read the record ──▶ plan ─┬─ empty, fresh ──────────────────────────────────────────────▶ answer
//!                           ├─ nothing new: renew ────────────────────────────────────────▶ answer
//!                           └─ build ──▶ lease ─┬─ somebody else's ───────────────────────▶ "pending"
//!                                               └─ read again, plan again ──▶ model ──▶ commit ──▶ answer
//! ```

mod build;
mod chunks;
mod deps;
mod plan;
mod reading;
mod report;
mod serve;
mod transcript;

use std::future::pending;

use tracing::{Span, field, field::Empty};

use super::{
    AppError, Deadline,
    single_flight::{Outcome, UnderLease},
};
use crate::{
    contract::{DayReport, DayRequest, DayStatus},
    domain::{Consent, Day, UserId},
    ports::{Clock, LanguageModel, LeaseOn, ReadMessages, TextsOf},
};
use build::Build;
pub use deps::{Deps, Settings, SummarizeMemory};
use serve::serve;

/// The summary of `request.date`, from the store or from the model; `pending` when somebody else is making it.
///
/// # Errors
/// `InvalidRequest` for a day after today; what the store or the model failed with otherwise. Then nothing is kept, and the
/// next request tries again.
pub async fn summarize_day<S, R, M, C>(
    deps: &Deps<S, R, M, C>,
    deadline: Deadline,
    request: DayRequest,
) -> Result<DayReport, AppError>
where
    S: SummarizeMemory,
    R: ReadMessages,
    M: LanguageModel,
    C: Clock,
{
    let report = summarize(deps, deadline, &request).await?;
    told(deps, &request, report).await
}

/// Without the texts of who is left out: what was summarized before a guild began to ask is there until it is ended (DESIGN
/// rule 42). Who opted out has none.
async fn told<S: SummarizeMemory, R, M, C>(
    deps: &Deps<S, R, M, C>,
    request: &DayRequest,
    mut report: DayReport,
) -> Result<DayReport, AppError> {
    let guild = request.guild_id;
    if !report.summaries.is_empty() && deps.memory.settings(guild).await?.consent == Consent::Asked {
        let users: Vec<UserId> = report.summaries.keys().copied().collect();
        let people = deps.memory.people(guild, &users).await?;
        report.summaries.retain(|user, _| people.get(user).is_some_and(|person| !person.is_left_out()));
    }
    Ok(report)
}

#[tracing::instrument(
    name = "summarize_day",
    target = "span",
    skip_all,
    fields(guild = %request.guild_id, date = %request.date, users = Empty, cache_hit = Empty, source = Empty)
)]
async fn summarize<S, R, M, C>(
    deps: &Deps<S, R, M, C>,
    deadline: Deadline,
    request: &DayRequest,
) -> Result<DayReport, AppError>
where
    S: SummarizeMemory,
    R: ReadMessages,
    M: LanguageModel,
    C: Clock,
{
    let now = deps.clock.now();
    if request.date > Day::of(now) {
        return Err(AppError::invalid("date: lies in the future; the last day there can be is today (UTC)"));
    }
    if deps.settings.retention.is_over(request.date, now) {
        return Ok(report::bare(request, DayStatus::Empty));
    }
    let record =
        deps.memory.read_day(request.guild_id, request.date, TextsOf::named(request.user_ids.as_deref())).await?;
    if let Some(report) = serve(deps, request, &record, now).await? {
        note_in_span(&report, true);
        return Ok(report);
    }
    let on = LeaseOn::Day(request.date);
    let lease = UnderLease { store: &deps.memory, clock: &deps.clock, guild: request.guild_id, on };
    // Boxed, because the compiler follows what is in each other only so deep.
    let build = async |owner: &_| Box::pin(Build { deps, deadline, request, owner }.run()).await;
    let report = match lease.work(pending(), build).await {
        Outcome::Done(report) => report?,
        Outcome::Held | Outcome::Free | Outcome::Late => report::bare(request, DayStatus::Pending),
    };
    note_in_span(&report, report.status != DayStatus::Built);
    Ok(report)
}

/// What came of the day, and whether it had been made before.
fn note_in_span(report: &DayReport, is_cached: bool) {
    let span = Span::current();
    span.record("users", report.summaries.len());
    span.record("cache_hit", is_cached).record("source", field::debug(report.status));
}

#[cfg(test)]
mod tests;
