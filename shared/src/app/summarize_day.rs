//! Makes one guild-day's summary, if the one that is there may not be served and nobody else is making it.

use std::{collections::BTreeMap, future::pending, time::Duration};

use jiff::Timestamp;

use super::{
    AppError, Deadline, ErrorType,
    lease::{Attempt, Leases, Work},
};
use crate::{
    domain::{
        AttemptId, Day, DayRecord, DaySummary, Freshness, Ledger, Message, SummaryStatus, UserId,
        prompt::{CheckedSummaries, DayPrompt, daily_summary_prompt},
    },
    ports::{
        Answer, Clock, CommitDaySummary, DayReport, DayRequest, DayStatus, HoldLeases, LanguageModel, LeaseOn,
        ModelError, ReadDay, ReadMessages, StoreError,
    },
};

/// How often a day is built in one request because messages were deleted from it meanwhile.
const MAX_BUILDS: u32 = 3;

/// How long summaries live.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How long after its end a day stays open.
    pub settle: Duration,
    /// The life of an open day's summary (DESIGN rule 2).
    pub open_day_ttl: Duration,
}

/// What a summary is made with.
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

/// The summary of `request.date`, from the store or from the model; `pending` when somebody else is making it.
///
/// # Errors
/// `InvalidRequest` for a day after today; what the store or the model failed with otherwise. Then nothing is kept, and the
/// next request tries again.
pub async fn summarize_day<S, M, C>(
    deps: &Deps<S, M, C>,
    deadline: Deadline,
    request: DayRequest,
) -> Result<DayReport, AppError>
where
    S: ReadDay + ReadMessages + CommitDaySummary + HoldLeases,
    M: LanguageModel,
    C: Clock,
{
    let read_at = deps.clock.now();
    if request.date > Day::of(read_at) {
        return Err(AppError::invalid("date: lies in the future; the last day there can be is today (UTC)"));
    }
    let record = deps.store.read_day(request.guild_id, request.date).await?;
    let build = Build { deps, deadline, request };
    if let Some(report) = build.without_a_model(&record, read_at).await? {
        return Ok(report);
    }
    let leases = Leases { store: &deps.store, clock: &deps.clock, guild: build.request.guild_id };
    let on = LeaseOn::Day(build.request.date);
    match leases.attempt(&on, pending(), async |attempt| build.run(attempt).await).await? {
        Attempt::Done(report) => Ok(report),
        Attempt::Held | Attempt::Stopped => Ok(build.report(DayStatus::Pending, None)),
    }
}

struct Build<'a, S, M, C> {
    deps: &'a Deps<S, M, C>,
    deadline: Deadline,
    request: DayRequest,
}

impl<S, M, C> Build<'_, S, M, C>
where
    S: ReadDay + ReadMessages + CommitDaySummary + HoldLeases,
    M: LanguageModel,
    C: Clock,
{
    /// The answer where no model is needed, or `None` where one is.
    async fn without_a_model(&self, record: &DayRecord, now: Timestamp) -> Result<Option<DayReport>, StoreError> {
        let freshness = record.freshness(self.is_closed(now), now);
        match (freshness, &record.summary) {
            (Freshness::Empty, _) => Ok(Some(self.report(DayStatus::Empty, None))),
            _ if self.request.rebuild => Ok(None),
            (Freshness::Fresh, summary) => Ok(Some(self.report(DayStatus::Cached, summary.as_ref()))),
            (Freshness::Renewable, Some(summary)) => self.renew(summary, now).await,
            (Freshness::Renewable | Freshness::Outdated, _) => Ok(None),
        }
    }

    /// Prolongs the life of a summary that was made from all there is; for ever, if its day is closed (DESIGN rule 5).
    async fn renew(&self, summary: &DaySummary, now: Timestamp) -> Result<Option<DayReport>, StoreError> {
        let expires_at = self.end(now, now);
        let (guild, day) = (self.request.guild_id, self.request.date);
        match self.deps.store.renew_summary(guild, day, summary, expires_at).await {
            Ok(()) => Ok(Some(self.report(DayStatus::Renewed, Some(&DaySummary { expires_at, ..summary.clone() })))),
            Err(StoreError::Conflict) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Builds the summary under the lease of `attempt`. Having got it, it looks again: somebody may have been faster.
    async fn run(&self, attempt: &AttemptId) -> Result<Work<DayReport>, AppError> {
        for _ in 0..MAX_BUILDS {
            // Taken before anything is read: a summary may be called final only if all of it was read after its day had
            // closed (DESIGN rule 4).
            let read_at = self.deps.clock.now();
            let record = self.record().await?;
            if let Some(report) = self.without_a_model(&record, read_at).await? {
                return Ok(Work::NotNeeded(report));
            }
            let Some(ledger) = record.ledger else { continue };
            let messages = self.messages(read_at).await?;
            if (messages.len() as u64) < ledger.message_count && self.have_expired(ledger).await? {
                return Ok(Work::NotNeeded(self.what_is_left(&record)));
            }
            let summary = self.summarize(ledger.version, &messages, read_at).await?;
            match self.commit(&summary, attempt).await {
                Ok(()) => return Ok(Work::Committed(self.report(DayStatus::Built, Some(&summary)))),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
            let now = self.record().await?;
            if now.summary.is_some_and(|there| there.built_at == summary.built_at && there.texts == summary.texts) {
                // The commit had passed, and its answer was lost.
                return Ok(Work::Committed(self.report(DayStatus::Built, Some(&summary))));
            }
            if !now.making.belongs_to(attempt) {
                return Ok(Work::Lost);
            }
        }
        let message = "messages of this day keep being deleted while it is summarized; ask again later";
        Err(AppError::new(ErrorType::Throttled, message))
    }

    async fn record(&self) -> Result<DayRecord, StoreError> {
        self.deps.store.read_day(self.request.guild_id, self.request.date).await
    }

    async fn commit(&self, summary: &DaySummary, attempt: &AttemptId) -> Result<(), StoreError> {
        self.deps.store.commit_summary(self.request.guild_id, self.request.date, summary, attempt).await
    }

    async fn messages(&self, read_at: Timestamp) -> Result<Vec<Message>, StoreError> {
        let stored = self.deps.store.messages_of_day(self.request.guild_id, self.request.date).await?;
        let live = stored.into_iter().filter(|stored| !stored.is_expired(read_at));
        Ok(live.filter_map(|stored| stored.message).collect())
    }

    /// Fewer messages than the ledger counts: some were deleted since it was read, or have expired. A day whose messages
    /// have begun to expire is never rebuilt from the rest (DESIGN rule 6).
    async fn have_expired(&self, ledger: Ledger) -> Result<bool, StoreError> {
        Ok(self.record().await?.ledger.is_some_and(|now| now.version == ledger.version))
    }

    /// What is served of a day whose messages have begun to expire.
    fn what_is_left(&self, record: &DayRecord) -> DayReport {
        match record.unpurged_summary() {
            Some(summary) => self.report(DayStatus::Cached, Some(summary)),
            None => self.report(DayStatus::Empty, None),
        }
    }

    async fn summarize(&self, version: u64, messages: &[Message], read_at: Timestamp) -> Result<DaySummary, AppError> {
        let DayPrompt { prompt, members } = daily_summary_prompt(self.request.date, messages);
        let (texts, status, answer) = match self.deadline.ask(&self.deps.model, &prompt).await {
            Ok(answer) => (self.check(&answer, &members)?, SummaryStatus::Built, Some(answer)),
            Err(ModelError::Blocked { reason }) => {
                tracing::warn!(event = "day_blocked", guild = %self.request.guild_id, date = %self.request.date, reason);
                (BTreeMap::new(), SummaryStatus::Blocked, None)
            }
            Err(error) => return Err(error.into()),
        };
        let built_at = self.deps.clock.now();
        Ok(DaySummary {
            texts,
            status,
            version,
            built_at,
            expires_at: self.end(read_at, built_at),
            model: answer.as_ref().map(|answer| answer.model.clone()).unwrap_or_default(),
            prompt_hash: prompt.instructions_hash(),
            tokens: answer.map_or(0, |answer| answer.tokens),
            blocked_messages: if status == SummaryStatus::Blocked { messages.len() as u64 } else { 0 },
        })
    }

    fn is_closed(&self, at: Timestamp) -> bool {
        self.request.date.is_closed(at, self.deps.settings.settle)
    }

    /// The end of a summary's life (DESIGN rule 2): what decides is when the messages were read.
    fn end(&self, read_at: Timestamp, from: Timestamp) -> Option<Timestamp> {
        let end = || from.checked_add(self.deps.settings.open_day_ttl).unwrap_or(Timestamp::MAX);
        (!self.is_closed(read_at)).then(end)
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

#[cfg(test)]
mod tests;
