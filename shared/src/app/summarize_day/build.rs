//! Builds a day's summary under the lease of its owner.

use jiff::Timestamp;
use tracing::{Instrument as _, Span, field::Empty};

use super::{
    chunks::{Chunks, Summarized, Unsolved},
    deps::{Deps, SummarizeMemory},
    reading::{Reading, read_whole},
    report,
    serve::serve,
    transcript::transcript,
};
use crate::{
    app::{AppError, Deadline, single_flight::Work},
    contract::{DayReport, DayRequest, DayStatus, ErrorType},
    domain::{Day, DayRecord, DaySummary, LeaseOwner, Ledger, Message, Priority, SummaryStatus, prompt::Transcript},
    ports::{Clock, LanguageModel, ReadMessages, StoreError, TextsOf},
};

/// How often a day is built in one request because messages were deleted from it meanwhile.
const MAX_BUILDS: u32 = 3;

/// How often in a row the ledger is read because it changed before its reader had said so.
const MAX_BEGINNINGS: u32 = 10;

/// The build of a day.
pub(super) struct Build<'a, S, R, M, C> {
    pub(super) deps: &'a Deps<S, R, M, C>,
    pub(super) deadline: Deadline,
    pub(super) request: &'a DayRequest,
    /// Whose lease it is under.
    pub(super) owner: &'a LeaseOwner,
}

/// Whether the messages are to be read.
enum Begun {
    /// They are, up to the ledger's version.
    Reading(Box<(DayRecord, Ledger)>),
    /// There is nothing to be read.
    Done(Work<DayReport>),
    /// The day changes faster than its ledger can be read.
    Moving,
}

/// What was read before a model is asked.
struct Read {
    messages: Vec<Message>,
    read_at: Timestamp,
    /// The ledger's version before the messages were read.
    version: u64,
    /// When the summary was built that is to be made anew, if one is.
    rebuilds: Option<Timestamp>,
}

impl<S, R, M, C> Build<'_, S, R, M, C>
where
    S: SummarizeMemory,
    R: ReadMessages,
    M: LanguageModel,
    C: Clock,
{
    /// Builds the summary, and again from what is left while messages are deleted meanwhile.
    ///
    /// # Errors
    /// What the store or the model failed with; `Throttled` when the deletions do not end.
    #[tracing::instrument(
        name = "generate_daily_summaries_batch",
        target = "span",
        skip_all,
        fields(guild = %self.request.guild_id, date = %self.request.date, chunks = Empty, messages = Empty)
    )]
    pub(super) async fn run(&self) -> Result<Work<DayReport>, AppError> {
        for _ in 0..MAX_BUILDS {
            if let Some(work) = self.try_once().await? {
                return Ok(work);
            }
        }
        let message = "messages of this day keep being deleted while it is summarized; ask again later";
        Err(AppError::new(ErrorType::Throttled, message))
    }

    /// `None`: something was deleted meanwhile. Having got the lease, it looks again: somebody may have been faster.
    async fn try_once(&self) -> Result<Option<Work<DayReport>>, AppError> {
        // Taken before anything is read: a summary may be called final only if all of it was read after its day had
        // closed (DESIGN rule 4).
        let read_at = self.deps.clock.now();
        let (record, ledger) = match self.begin(read_at).await? {
            Begun::Reading(read) => *read,
            Begun::Done(work) => return Ok(Some(work)),
            Begun::Moving => return Ok(None),
        };
        let span = tracing::info_span!(
            target: "span",
            "get_chat_messages_for_date",
            guild = %self.request.guild_id,
            date = %self.request.date,
            messages = ledger.message_count,
        );
        let messages = match read_whole(self.deps, self.request, ledger, read_at).instrument(span).await? {
            Reading::Whole(messages) => messages,
            Reading::Moved => return Ok(None),
            // A day whose messages have begun to expire is never rebuilt from the rest (DESIGN rule 6).
            Reading::Expired => return Ok(Some(Work::Uncommitted(self.what_is_left(&record, DayStatus::Empty)))),
            Reading::Torn => {
                let (guild, date) = (self.request.guild_id, self.request.date);
                tracing::warn!(event = "day_torn", %guild, %date, version = ledger.version);
                return Ok(Some(Work::Uncommitted(self.what_is_left(&record, DayStatus::Pending))));
            }
        };
        let rebuilds = record.summary.as_ref().filter(|_| self.request.rebuild).map(|summary| summary.built_at);
        match self.summarize(Read { messages, read_at, version: ledger.version, rebuilds }).await {
            Ok(summary) => self.commit(&summary).await,
            Err(Unsolved::Late) => Ok(Some(Work::Late)),
            Err(Unsolved::Failed(error)) => Err(error),
        }
    }

    async fn record(&self) -> Result<DayRecord, StoreError> {
        let of = TextsOf::named(self.request.user_ids.as_deref());
        self.deps.memory.read_day(self.request.guild_id, self.request.date, of).await
    }

    /// Says in the ledger that its messages are about to be read: whoever deletes one of them from then on knows that it may
    /// be told (DESIGN rule 5). Nothing may have changed since the ledger was read.
    async fn begin(&self, read_at: Timestamp) -> Result<Begun, AppError> {
        let Self { deps, request, owner, .. } = self;
        for _ in 0..MAX_BEGINNINGS {
            let record = self.record().await?;
            if !record.build.belongs_to(owner) {
                return Ok(Begun::Done(Work::Lost));
            }
            if let Some(report) = serve(deps, request, &record, read_at).await? {
                return Ok(Begun::Done(Work::Uncommitted(report)));
            }
            let Some(ledger) = record.ledger else { break };
            match deps.memory.note_reading(request.guild_id, request.date, ledger.version, owner).await {
                Err(StoreError::Conflict) => {}
                noted => return noted.map(|()| Begun::Reading(Box::new((record, ledger)))).map_err(AppError::from),
            }
        }
        Ok(Begun::Moving)
    }

    /// What is served of a day whose messages are not all there.
    fn what_is_left(&self, record: &DayRecord, otherwise: DayStatus) -> DayReport {
        match record.unpurged_summary() {
            Some(summary) => report::summarized(self.request, DayStatus::Cached, summary),
            None => report::bare(self.request, otherwise),
        }
    }

    async fn summarize(&self, read: Read) -> Result<DaySummary, Unsolved> {
        let (guild, day) = (self.request.guild_id, self.request.date);
        let span = tracing::info_span!(target: "span", "replace_user_mentions", %guild, date = %day);
        let now = self.deps.clock.now();
        let transcript = transcript(self.deps, self.request, read.messages, now).instrument(span).await?;
        let chunks = Chunks {
            store: &self.deps.memory,
            model: &self.deps.model,
            clock: &self.deps.clock,
            deadline: self.deadline,
            guild,
            day,
            transcript: &transcript,
            priority: self.priority(read.read_at),
            version: read.version,
            owner: self.owner,
            since: read.rebuilds,
            extra: if self.request.background { Some(0) } else { self.request.extra_chunks },
        };
        let summarized = chunks.summarize(self.deps.settings.chunks).await?;
        let built_at = self.deps.clock.now();
        let (chunks, calls) = (summarized.chunks, summarized.usage.calls);
        Span::current().record("chunks", chunks).record("messages", transcript.len());
        tracing::info!(event = "day_built", %guild, date = %day, messages = transcript.len(), chunks, calls);
        let expires_at = self.deps.settings.expires_at(day, read.read_at, built_at);
        Ok(summary(summarized, &transcript, read.version, built_at, expires_at))
    }

    /// Today's summary comes first, unless it is made anew before anybody waits for it (DESIGN rule 37).
    fn priority(&self, read_at: Timestamp) -> Priority {
        match self.request {
            request if request.refresh => Priority::Background,
            request if request.date == Day::of(read_at) => Priority::First,
            request if request.background => Priority::Background,
            _ => Priority::Normal,
        }
    }

    #[tracing::instrument(
        name = "commit_summary",
        target = "span",
        skip_all,
        fields(guild = %self.request.guild_id, date = %self.request.date)
    )]
    async fn commit(&self, summary: &DaySummary) -> Result<Option<Work<DayReport>>, AppError> {
        let (guild, day) = (self.request.guild_id, self.request.date);
        let built = || Some(Work::Committed(report::summarized(self.request, DayStatus::Built, summary)));
        match self.deps.memory.commit_summary(guild, day, summary, self.owner).await {
            Ok(()) => return Ok(built()),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
        let now = self.deps.memory.read_day(guild, day, TextsOf::NOBODY).await?;
        if now.summary.is_some_and(|there| (there.built_at, there.version) == (summary.built_at, summary.version)) {
            // The commit had passed, and its answer was lost.
            return Ok(built());
        }
        Ok((!now.build.belongs_to(self.owner)).then_some(Work::Lost))
    }
}

fn summary(
    summarized: Summarized,
    transcript: &Transcript,
    version: u64,
    built_at: Timestamp,
    expires_at: Option<Timestamp>,
) -> DaySummary {
    let blocked = !transcript.is_empty() && summarized.blocked_messages == transcript.len() as u64;
    DaySummary {
        texts: summarized.texts,
        status: if blocked { SummaryStatus::Blocked } else { SummaryStatus::Built },
        version,
        built_at,
        expires_at,
        model: summarized.models.join(","),
        prompt_hash: Transcript::instructions_hash(),
        usage: summarized.usage,
        blocked_messages: summarized.blocked_messages,
    }
}
