//! Asks about a day in as many questions as it needs (DESIGN rules 15 and 16):
//!
//! ```text
//! the day ─┬─ chunk 1 ─────────────── kept from before: no call
//!          ├─ chunk 2 ── model ────── its texts are kept ─────────────────────────────────────────┐
//!          ├─ chunk 3 ── model: 429 ─ the day fails; the next request asks for chunk 3 alone      ├─ all there: the
//!          └─ chunk 4 ── model: cut off at its limit ─┬─ first half ──── model ── its texts ──────┤  day's summary
//!                        or refused by its filter     └─ second half ─── model ── its texts ──────┘
//! ```

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::atomic::{AtomicU32, Ordering},
};

use futures::future::{BoxFuture, FutureExt as _, join, join_all};
use jiff::Timestamp;

use crate::{
    app::{AppError, Deadline},
    domain::{
        AttemptId, ChunkOutcome, Day, GuildId, KeptChunk, Priority, Usage, UserId, hash,
        prompt::{CheckedSummaries, ChunkLimits, DayPrompt, Transcript, join_parts},
    },
    ports::{Answer, Clock, KeepChunks, LanguageModel, ModelError, Reply, StoreError},
};

/// Questions about one chunk and its halves, all told.
const MAX_CALLS: u32 = 8;
/// Questions about the same messages, if the answers are malformed.
const MAX_TRIES: u32 = 2;
/// How often a chunk is halved because the filter refuses it.
const MAX_BLOCKED_HALVINGS: u32 = 3;

/// What a day's chunks are asked for, and under whose lease.
pub(super) struct Chunks<'a, S, M, C> {
    pub(super) store: &'a S,
    pub(super) model: &'a M,
    pub(super) clock: &'a C,
    pub(super) deadline: Deadline,
    pub(super) guild: GuildId,
    pub(super) day: Day,
    pub(super) transcript: &'a Transcript,
    pub(super) priority: Priority,
    /// The ledger's version before the messages were read.
    pub(super) version: u64,
    pub(super) attempt: &'a AttemptId,
    /// What was kept before this is not used: it belongs to a summary that is to be made anew.
    pub(super) since: Option<Timestamp>,
}

/// What all chunks of a day say.
pub(super) struct Summarized {
    pub(super) texts: BTreeMap<UserId, String>,
    pub(super) models: Vec<String>,
    pub(super) blocked_messages: u64,
    pub(super) usage: Usage,
    pub(super) chunks: usize,
}

/// A chunk, or a part of one.
#[derive(Clone)]
struct Piece {
    lines: Range<usize>,
    /// How often it was halved, and how often of that because the filter refused it.
    halvings: u32,
    blocked_halvings: u32,
    /// Whether something about it may be kept: a half of what was never asked about was not, either.
    may_be_kept: bool,
}

/// What the parts of a chunk say, in their order.
#[derive(Default)]
struct Said {
    parts: Vec<BTreeMap<UserId, String>>,
    models: Vec<String>,
    blocked_messages: u64,
    usage: Usage,
}

impl<S: KeepChunks, M: LanguageModel, C: Clock> Chunks<'_, S, M, C> {
    /// All chunks at once. Whatever fails, the others are waited for and kept.
    ///
    /// # Errors
    /// If one is not to be had: the rate limit with the longest wait, else the first error.
    pub(super) async fn summarize(&self, limits: ChunkLimits) -> Result<Summarized, AppError> {
        let chunks = self.transcript.chunks(limits);
        let all = join_all(chunks.iter().map(|lines| async {
            let calls = AtomicU32::new(0);
            let piece = Piece { lines: lines.clone(), halvings: 0, blocked_halvings: 0, may_be_kept: true };
            self.solve(piece, &calls).await
        }));
        let mut said = Said::default();
        let mut failure = None;
        for chunk in all.await {
            match chunk {
                Ok(chunk) => said.append(chunk),
                Err(error) => failure = Some(worse(failure, error)),
            }
        }
        match failure {
            Some(error) => Err(error),
            None => Ok(Summarized {
                texts: join_parts(said.parts),
                models: said.models,
                blocked_messages: said.blocked_messages,
                usage: said.usage,
                chunks: chunks.len(),
            }),
        }
    }

    /// Boxed, because it calls itself for halves.
    fn solve<'s>(&'s self, piece: Piece, calls: &'s AtomicU32) -> BoxFuture<'s, Result<Said, AppError>> {
        async move {
            let asked = self.transcript.prompt(piece.lines.clone(), self.priority);
            let hash = hash::of([self.model.name().as_str(), &asked.prompt.input_hash()]);
            if let Some(kept) = self.kept(&hash, &piece).await? {
                return self.go_on(piece, kept, calls, true).await;
            }
            let (outcome, usage) = self.ask(&asked, &piece, calls).await?;
            let chunk = KeptChunk { outcome, usage, kept_at: self.clock.now() };
            if !self.is_committed_at_once(&piece, &chunk) {
                self.keep(&hash, &chunk).await;
            }
            self.go_on(piece, chunk, calls, false).await
        }
        .boxed()
    }

    /// What a chunk's outcome says, or what its halves do.
    async fn go_on(&self, piece: Piece, chunk: KeptChunk, calls: &AtomicU32, was_kept: bool) -> Result<Said, AppError> {
        let usage = chunk.usage;
        match chunk.outcome {
            ChunkOutcome::Summarized { texts, model } => {
                Ok(Said { parts: vec![texts], models: vec![model], blocked_messages: 0, usage })
            }
            ChunkOutcome::Blocked { messages } => Ok(Said { blocked_messages: messages, usage, ..Said::default() }),
            ChunkOutcome::Halved { blocked } => {
                let [first, second] = piece.halves(blocked, was_kept);
                let (first, second) = join(self.solve(first, calls), self.solve(second, calls)).await;
                let mut said = Said { usage, ..Said::default() };
                match (first, second) {
                    (Ok(first), Ok(second)) => {
                        said.append(first);
                        said.append(second);
                        Ok(said)
                    }
                    (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
                    (Err(first), Err(second)) => Err(worse(Some(first), second)),
                }
            }
        }
    }

    /// Asks about a piece, and once more if the answer is malformed.
    async fn ask(
        &self,
        asked: &DayPrompt,
        piece: &Piece,
        calls: &AtomicU32,
    ) -> Result<(ChunkOutcome, Usage), AppError> {
        let mut usage = Usage::default();
        for _ in 0..MAX_TRIES {
            if calls.fetch_add(1, Ordering::Relaxed) >= MAX_CALLS {
                let reason = format!("{MAX_CALLS} calls brought no answer about the same messages");
                return Err(ModelError::Unavailable { reason }.into());
            }
            let Reply { outcome, usage: cost } = self.deadline.ask(self.model, &asked.prompt).await;
            // Models that stood in for each other were called, too.
            calls.fetch_add(cost.calls.saturating_sub(1), Ordering::Relaxed);
            usage += if usage.calls > 0 || piece.halvings > 0 { cost.as_retry() } else { cost };
            let outcome = match outcome {
                Ok(answer) => match self.check(&answer, asked) {
                    Some(texts) => ChunkOutcome::Summarized { texts, model: answer.model },
                    None => {
                        usage.failures += 1;
                        continue;
                    }
                },
                Err(ModelError::TooLong) if piece.lines.len() > 1 => ChunkOutcome::Halved { blocked: false },
                Err(ModelError::Blocked { reason }) => self.blocked(piece, &reason),
                Err(ModelError::Malformed) => continue,
                Err(error) => return Err(error.into()),
            };
            return Ok((outcome, usage));
        }
        Err(ModelError::Malformed.into())
    }

    /// The usable part of an answer, if it has one.
    fn check(&self, answer: &Answer, asked: &DayPrompt) -> Option<BTreeMap<UserId, String>> {
        let checked = CheckedSummaries::read(&answer.text, &asked.members).ok()?;
        if checked.unknown_members > 0 {
            let (guild, date, count) = (self.guild, self.day, checked.unknown_members);
            tracing::warn!(event = "unknown_members", %guild, %date, count);
        }
        Some(checked.texts)
    }

    /// One message is never halved, and what was halved often enough stays blocked.
    fn blocked(&self, piece: &Piece, reason: &str) -> ChunkOutcome {
        if piece.lines.len() > 1 && piece.blocked_halvings < MAX_BLOCKED_HALVINGS {
            return ChunkOutcome::Halved { blocked: true };
        }
        let messages = piece.lines.len() as u64;
        tracing::warn!(event = "messages_blocked", guild = %self.guild, date = %self.day, messages, reason);
        ChunkOutcome::Blocked { messages }
    }

    /// The answer about a whole day is committed in the next moment: it need not be kept before.
    fn is_committed_at_once(&self, piece: &Piece, chunk: &KeptChunk) -> bool {
        piece.lines.len() == self.transcript.len() && !matches!(chunk.outcome, ChunkOutcome::Halved { .. })
    }

    async fn kept(&self, hash: &str, piece: &Piece) -> Result<Option<KeptChunk>, StoreError> {
        if !piece.may_be_kept {
            return Ok(None);
        }
        let kept = self.store.kept_chunk(self.guild, self.day, hash).await?;
        Ok(kept.filter(|chunk| chunk.counts(self.since, self.clock.now())))
    }

    /// Nothing is lost yet where it cannot be kept: the day's commit decides.
    async fn keep(&self, hash: &str, chunk: &KeptChunk) {
        let kept = self.store.keep_chunk(self.guild, self.day, hash, chunk, self.version, self.attempt).await;
        if let Err(error) = kept {
            tracing::warn!(event = "chunk_not_kept", guild = %self.guild, date = %self.day, "{error}");
        }
    }
}

impl Piece {
    fn halves(&self, blocked: bool, may_be_kept: bool) -> [Self; 2] {
        let Range { start, end } = self.lines;
        let middle = start + (end - start) / 2;
        let half = |lines| Self {
            lines,
            halvings: self.halvings + 1,
            blocked_halvings: self.blocked_halvings + u32::from(blocked),
            may_be_kept,
        };
        [half(start..middle), half(middle..end)]
    }
}

impl Said {
    fn append(&mut self, later: Self) {
        self.parts.extend(later.parts);
        for model in later.models {
            if !self.models.contains(&model) {
                self.models.push(model);
            }
        }
        self.blocked_messages += later.blocked_messages;
        self.usage += later.usage;
    }
}

/// Of two errors, the one that says for longer when not to come back; else the first.
fn worse(first: Option<AppError>, second: AppError) -> AppError {
    match first {
        Some(first) if first.retry_after >= second.retry_after => first,
        _ => second,
    }
}

#[cfg(test)]
mod tests;
