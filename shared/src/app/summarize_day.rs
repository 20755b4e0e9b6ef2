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

use super::{
    AppError, Deadline,
    single_flight::{Outcome, UnderLease},
};
use crate::{
    contract::{DayReport, DayRequest, DayStatus},
    domain::Day,
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
    let now = deps.clock.now();
    if request.date > Day::of(now) {
        return Err(AppError::invalid("date: lies in the future; the last day there can be is today (UTC)"));
    }
    let record =
        deps.memory.read_day(request.guild_id, request.date, TextsOf::named(request.user_ids.as_deref())).await?;
    if let Some(report) = serve(deps, &request, &record, now).await? {
        return Ok(report);
    }
    let on = LeaseOn::Day(request.date);
    let lease = UnderLease { store: &deps.memory, clock: &deps.clock, guild: request.guild_id, on };
    let build = async |owner: &_| Build { deps, deadline, request: &request, owner }.run().await;
    match lease.work(pending(), build).await {
        Outcome::Done(report) => report,
        Outcome::Held | Outcome::Free | Outcome::Late => Ok(report::bare(&request, DayStatus::Pending)),
    }
}

#[cfg(test)]
mod tests;
