//! What is answered about a day.

use std::collections::BTreeMap;

use crate::{
    contract::{DayReport, DayRequest, DayStatus},
    domain::{DaySummary, SummaryStatus, UserId},
};

/// A day without a summary.
pub(super) fn bare(request: &DayRequest, status: DayStatus) -> DayReport {
    DayReport {
        guild_id: request.guild_id,
        date: request.date,
        status,
        summaries: BTreeMap::new(),
        expires_at: None,
        blocked_messages: 0,
    }
}

/// A day's summary, as far as it was asked for.
pub(super) fn summarized(request: &DayRequest, status: DayStatus, summary: &DaySummary) -> DayReport {
    DayReport {
        summaries: asked_for(request, &summary.texts),
        expires_at: summary.expires_at.map(|end| end.as_second()),
        blocked_messages: summary.blocked_messages,
        ..bare(request, if summary.status == SummaryStatus::Blocked { DayStatus::Blocked } else { status })
    }
}

fn asked_for(request: &DayRequest, texts: &BTreeMap<UserId, String>) -> BTreeMap<UserId, String> {
    match &request.user_ids {
        None => texts.clone(),
        Some(users) => users.iter().filter_map(|user| texts.get(user).map(|text| (*user, text.clone()))).collect(),
    }
}
