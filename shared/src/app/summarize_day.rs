//! Makes one guild-day's summary, if the one that is there may not be served.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use super::AppError;
use crate::{
    domain::{
        Day, DayRecord, DaySummary, Freshness, Ledger, Message, SummaryStatus, UserId,
        prompt::{CheckedSummaries, DayPrompt, daily_summary_prompt},
    },
    ports::{
        Answer, Clock, CommitDaySummary, DayReport, DayRequest, DayStatus, LanguageModel, ModelError, ReadDay,
        ReadMessages, StoreError,
    },
};

/// How long summaries live.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How long after its end a day stays open.
    pub settle: Duration,
    /// The life of an open day's summary (DESIGN rule 2).
    pub open_day_ttl: Duration,
}

/// The summary of `request.date`, from the store or from the model.
///
/// # Errors
/// `InvalidRequest` for a day after today; what the store or the model failed with otherwise. Then nothing is kept, and the
/// next request tries again.
pub async fn summarize_day<S, M, C>(
    store: &S,
    model: &M,
    clock: &C,
    settings: Settings,
    request: DayRequest,
) -> Result<DayReport, AppError>
where
    S: ReadDay + ReadMessages + CommitDaySummary,
    M: LanguageModel,
    C: Clock,
{
    // Taken before anything is read: a summary may be called final only if all of it was read after its day had closed.
    let read_at = clock.now();
    if request.date > Day::of(read_at) {
        return Err(AppError::invalid("date: lies in the future; the last day there can be is today (UTC)"));
    }
    let record = store.read_day(request.guild_id, request.date).await?;
    let closed = request.date.is_closed(read_at, settings.settle);
    let freshness = record.freshness(closed, read_at);
    let build = Build { store, model, clock, settings, request, read_at };
    match (freshness, record.ledger) {
        (Freshness::Empty, _) | (_, None) => Ok(build.report(DayStatus::Empty, None)),
        (Freshness::Fresh, _) if !build.request.rebuild => Ok(build.report(DayStatus::Cached, record.summary.as_ref())),
        (_, Some(ledger)) => build.run(ledger, &record).await,
    }
}

struct Build<'a, S, M, C> {
    store: &'a S,
    model: &'a M,
    clock: &'a C,
    settings: Settings,
    request: DayRequest,
    read_at: Timestamp,
}

impl<S, M, C> Build<'_, S, M, C>
where
    S: ReadDay + ReadMessages + CommitDaySummary,
    M: LanguageModel,
    C: Clock,
{
    async fn run(&self, ledger: Ledger, record: &DayRecord) -> Result<DayReport, AppError> {
        let messages = self.messages().await?;
        if (messages.len() as u64) < ledger.message_count && self.have_expired(ledger).await? {
            return Ok(match record.unpurged_summary() {
                Some(summary) => self.report(DayStatus::Cached, Some(summary)),
                None => self.report(DayStatus::Empty, None),
            });
        }
        let summary = self.summarize(ledger, &messages).await?;
        match self.store.commit_summary(self.request.guild_id, self.request.date, &summary).await {
            Ok(()) => Ok(self.report(DayStatus::Built, Some(&summary))),
            Err(StoreError::Conflict) => self.superseded().await,
            Err(error) => Err(error.into()),
        }
    }

    async fn messages(&self) -> Result<Vec<Message>, StoreError> {
        let stored = self.store.messages_of_day(self.request.guild_id, self.request.date).await?;
        let live = stored.into_iter().filter(|stored| !stored.is_expired(self.read_at));
        Ok(live.filter_map(|stored| stored.message).collect())
    }

    /// Fewer messages than the ledger counts: some were deleted since it was read, or have expired. A day whose messages
    /// have begun to expire is never rebuilt from the rest (DESIGN rule 6).
    async fn have_expired(&self, ledger: Ledger) -> Result<bool, StoreError> {
        let again = self.store.read_day(self.request.guild_id, self.request.date).await?;
        Ok(again.ledger.is_some_and(|now| now.version == ledger.version))
    }

    async fn summarize(&self, ledger: Ledger, messages: &[Message]) -> Result<DaySummary, AppError> {
        let DayPrompt { prompt, members } = daily_summary_prompt(self.request.date, messages);
        let (texts, status, answer) = match self.model.generate(&prompt).await {
            Ok(answer) => (self.check(&answer, &members)?, SummaryStatus::Built, Some(answer)),
            Err(ModelError::Blocked { reason }) => {
                tracing::warn!(event = "day_blocked", guild = %self.request.guild_id, date = %self.request.date, reason);
                (BTreeMap::new(), SummaryStatus::Blocked, None)
            }
            Err(error) => return Err(error.into()),
        };
        let built_at = self.clock.now();
        let closed = self.request.date.is_closed(self.read_at, self.settings.settle);
        Ok(DaySummary {
            texts,
            status,
            version: ledger.version,
            built_at,
            expires_at: (!closed).then(|| after(built_at, self.settings.open_day_ttl)),
            model: answer.as_ref().map(|answer| answer.model.clone()).unwrap_or_default(),
            prompt_hash: prompt.instructions_hash(),
            tokens: answer.map_or(0, |answer| answer.tokens),
            blocked_messages: if status == SummaryStatus::Blocked { messages.len() as u64 } else { 0 },
        })
    }

    fn check(&self, answer: &Answer, members: &[UserId]) -> Result<BTreeMap<UserId, String>, ModelError> {
        let checked = CheckedSummaries::read(&answer.text, members)
            .map_err(|error| ModelError::Unavailable { reason: error.to_string() })?;
        if checked.unknown_members > 0 {
            let (guild, date, count) = (self.request.guild_id, self.request.date, checked.unknown_members);
            tracing::warn!(event = "unknown_members", %guild, %date, count);
        }
        Ok(checked.texts)
    }

    /// Somebody committed a later version meanwhile: that one counts.
    async fn superseded(&self) -> Result<DayReport, AppError> {
        let record = self.store.read_day(self.request.guild_id, self.request.date).await?;
        Ok(self.report(DayStatus::Cached, record.unpurged_summary()))
    }

    fn report(&self, status: DayStatus, summary: Option<&DaySummary>) -> DayReport {
        let blocked = summary.is_some_and(|summary| summary.status == SummaryStatus::Blocked);
        DayReport {
            guild_id: self.request.guild_id,
            date: self.request.date,
            status: if blocked { DayStatus::Blocked } else { status },
            summaries: summary.map(|summary| self.asked_for(&summary.texts)).unwrap_or_default(),
            expires_at: summary.and_then(|summary| summary.expires_at).map(|end| end.as_second()),
            blocked_messages: summary.map_or(0, |summary| summary.blocked_messages),
        }
    }

    fn asked_for(&self, texts: &BTreeMap<UserId, String>) -> BTreeMap<UserId, String> {
        match &self.request.user_ids {
            None => texts.clone(),
            Some(users) => users.iter().filter_map(|user| texts.get(user).map(|text| (*user, text.clone()))).collect(),
        }
    }
}

fn after(at: Timestamp, wait: Duration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
