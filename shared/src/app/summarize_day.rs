//! Makes one guild-day's summary, if the one that is there may not be served and nobody else is making it.

mod chunks;

use std::{collections::BTreeMap, future::pending, time::Duration};

use jiff::Timestamp;

use super::{
    AppError, Deadline, ErrorType,
    single_flight::{Attempt, Leases, Work},
};
use crate::{
    domain::{
        AttemptId, Day, DayRecord, DaySummary, Freshness, Ledger, Message, Priority, SummaryStatus, UserId,
        prompt::{ChunkLimits, Transcript},
    },
    ports::{
        Clock, CommitDaySummary, DayReport, DayRequest, DayStatus, HoldLeases, KeepChunks, LanguageModel, LeaseOn,
        ReadDay, ReadMessages, ReadPeople, StoreError,
    },
};
use chunks::Chunks;

/// How often a day is built in one request because messages were deleted from it meanwhile.
const MAX_BUILDS: u32 = 3;

/// How long summaries live, and what they are made of.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How long after its end a day stays open.
    pub settle: Duration,
    /// The life of an open day's summary (DESIGN rule 2).
    pub open_day_ttl: Duration,
    /// What goes into one model call.
    pub chunks: ChunkLimits,
}

/// What a summary is made with.
pub struct Deps<S, M, C> {
    /// Days, their messages, and who wrote them.
    pub store: S,
    /// Who writes summaries.
    pub model: M,
    /// The time.
    pub clock: C,
    /// How long summaries live, and what they are made of.
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
    S: ReadDay + ReadMessages + ReadPeople + KeepChunks + CommitDaySummary + HoldLeases,
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

/// What a build has read before it asks a model.
struct Read {
    messages: Vec<Message>,
    read_at: Timestamp,
    /// The ledger's version before the messages were read.
    version: u64,
    /// When the summary was built that is to be made anew, if one is.
    since: Option<Timestamp>,
}

/// Everybody a message is by or about.
fn people_in(message: &Message) -> impl Iterator<Item = UserId> {
    message.body.mentions.iter().map(|mention| mention.id).chain([message.author.id])
}

struct Build<'a, S, M, C> {
    deps: &'a Deps<S, M, C>,
    deadline: Deadline,
    request: DayRequest,
}

impl<S, M, C> Build<'_, S, M, C>
where
    S: ReadDay + ReadMessages + ReadPeople + KeepChunks + CommitDaySummary + HoldLeases,
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
            let since = record.summary.as_ref().filter(|_| self.request.rebuild).map(|summary| summary.built_at);
            let read = Read { messages, read_at, version: ledger.version, since };
            let summary = self.summarize(&read, attempt).await?;
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

    async fn summarize(&self, read: &Read, attempt: &AttemptId) -> Result<DaySummary, AppError> {
        let (guild, day) = (self.request.guild_id, self.request.date);
        let transcript = self.transcript(&read.messages).await?;
        let chunks = Chunks {
            store: &self.deps.store,
            model: &self.deps.model,
            clock: &self.deps.clock,
            deadline: self.deadline,
            guild,
            day,
            transcript: &transcript,
            priority: if day == Day::of(read.read_at) { Priority::First } else { Priority::Normal },
            version: read.version,
            attempt,
            since: read.since,
        };
        let summarized = chunks.summarize(self.deps.settings.chunks).await?;
        let blocked = !transcript.is_empty() && summarized.blocked_messages == transcript.len() as u64;
        let built_at = self.deps.clock.now();
        let (chunks, calls) = (summarized.chunks, summarized.usage.calls);
        tracing::info!(event = "day_built", %guild, date = %day, messages = transcript.len(), chunks, calls);
        Ok(DaySummary {
            texts: summarized.texts,
            status: if blocked { SummaryStatus::Blocked } else { SummaryStatus::Built },
            version: read.version,
            built_at,
            expires_at: self.end(read.read_at, built_at),
            model: summarized.models.join(","),
            prompt_hash: Transcript::instructions_hash(),
            usage: summarized.usage,
            blocked_messages: summarized.blocked_messages,
        })
    }

    /// What models are to read of the messages: nothing of people who opted out (DESIGN rule 20).
    async fn transcript(&self, messages: &[Message]) -> Result<Transcript, StoreError> {
        let mut users: Vec<UserId> = messages.iter().flat_map(people_in).collect();
        users.sort_unstable();
        users.dedup();
        let people = self.deps.store.people(self.request.guild_id, &users).await?;
        let opted_out = |user: &UserId| people.get(user).is_some_and(|person| person.opted_out);
        let written_by_others = messages.iter().filter(|message| !opted_out(&message.author.id)).cloned();
        let messages: Vec<Message> = written_by_others
            .map(|mut message| {
                message.body.mentions.retain(|mention| !opted_out(&mention.id));
                message
            })
            .collect();
        Ok(Transcript::new(self.request.date, &messages, &people))
    }

    fn is_closed(&self, at: Timestamp) -> bool {
        self.request.date.is_closed(at, self.deps.settings.settle)
    }

    /// The end of a summary's life (DESIGN rule 2): what decides is when the messages were read.
    fn end(&self, read_at: Timestamp, from: Timestamp) -> Option<Timestamp> {
        let end = || from.checked_add(self.deps.settings.open_day_ttl).unwrap_or(Timestamp::MAX);
        (!self.is_closed(read_at)).then(end)
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
