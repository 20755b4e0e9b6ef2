//! Answers without a model, where that is enough.

use jiff::Timestamp;

use super::{
    deps::{Deps, SummarizeMemory},
    plan::{Plan, plan},
    report,
};
use crate::{
    contract::{DayReport, DayRequest, DayStatus},
    domain::{DayRecord, DaySummary},
    ports::StoreError,
};

/// The answer where no model is needed, or `None` where one is.
pub(super) async fn serve<S: SummarizeMemory, R, M, C>(
    deps: &Deps<S, R, M, C>,
    request: &DayRequest,
    record: &DayRecord,
    now: Timestamp,
) -> Result<Option<DayReport>, StoreError> {
    let closed = deps.settings.is_closed(request.date, now);
    match plan(record, request, closed, now) {
        Plan::Empty => Ok(Some(report::bare(request, DayStatus::Empty))),
        Plan::Serve(summary) => Ok(Some(report::summarized(request, DayStatus::Cached, summary))),
        Plan::Renew(summary) => renew(deps, request, summary, now).await,
        Plan::Build => Ok(None),
    }
}

/// Prolongs the life of a summary that was made from all there is; for ever, if its day is closed (DESIGN rule 5). `None`
/// if another took its place meanwhile.
async fn renew<S: SummarizeMemory, R, M, C>(
    deps: &Deps<S, R, M, C>,
    request: &DayRequest,
    summary: &DaySummary,
    now: Timestamp,
) -> Result<Option<DayReport>, StoreError> {
    let expires_at = deps.settings.expires_at(request.date, now, now);
    match deps.memory.renew_summary(request.guild_id, request.date, summary, expires_at).await {
        Ok(()) => {
            let renewed = DaySummary { expires_at, ..summary.clone() };
            Ok(Some(report::summarized(request, DayStatus::Renewed, &renewed)))
        }
        Err(StoreError::Conflict) => Ok(None),
        Err(error) => Err(error),
    }
}
