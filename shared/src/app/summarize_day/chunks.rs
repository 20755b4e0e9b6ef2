//! Asks about a day in as many questions as it needs (DESIGN rules 15 and 16):
//!
//! ```text
//! the day ─┬─ chunk 1 ─────────────── kept from before: no call
//!          ├─ chunk 2 ── model ────── its texts are kept ─────────────────────────────────────────┐
//!          ├─ chunk 3 ── model: 429 ─ the day fails; the next request asks for chunk 3 alone      ├─ all there: the
//!          └─ chunk 4 ── model: cut off at its limit ─┬─ first half ──── model ── its texts ──────┤  day's summary
//!                        or refused by its filter     └─ second half ─── model ── its texts ──────┘
//! ```

mod ask;
mod budget;
mod cache;
mod piece;
mod said;
mod solve;
mod unsolved;

use std::collections::BTreeMap;

use futures::future::{join, join_all};
use jiff::Timestamp;
use tracing::{Instrument as _, field::Empty};

use crate::{
    app::Deadline,
    domain::{
        Day, GuildId, LeaseOwner, Priority, Usage, UserId,
        prompt::{ChunkLimits, Transcript, join_parts},
    },
    ports::{Capacity, Clock, KeepChunks, LanguageModel},
};
use ask::Asking;
use budget::CallBudget;
use cache::ChunkCache;
use piece::Piece;
use said::Said;
use solve::Solver;
pub(super) use unsolved::Unsolved;
use unsolved::worse;

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
    /// Whose lease it is.
    pub(super) owner: &'a LeaseOwner,
    /// What was kept before this is not used: it belongs to a summary that is to be made anew.
    pub(super) since: Option<Timestamp>,
    /// How many chunks more than it needs the day may be cut into, if whoever asked says so.
    pub(super) extra: Option<usize>,
}

/// What all chunks of a day say.
pub(super) struct Summarized {
    pub(super) texts: BTreeMap<UserId, String>,
    pub(super) models: Vec<String>,
    pub(super) blocked_messages: u64,
    pub(super) usage: Usage,
    pub(super) chunks: usize,
}

impl<S: KeepChunks, M: LanguageModel, C: Clock> Chunks<'_, S, M, C> {
    /// All chunks at once. Whatever fails, the others are waited for and kept.
    ///
    /// # Errors
    /// If one is not to be had: the rate limit with the longest wait, else the first error; that it is late if nothing
    /// failed.
    pub(super) async fn summarize(&self, limits: ChunkLimits) -> Result<Summarized, Unsolved> {
        let solver = self.solver();
        let chunks = self.cut(limits).await;
        let count = chunks.len();
        let solved = join_all(chunks.into_iter().enumerate().map(async |(chunk, lines)| {
            let (budget, messages) = (CallBudget::default(), lines.len());
            let span = tracing::info_span!(target: "span", "summarize_chunk", chunk, messages, cache_hit = Empty);
            solver.solve(Piece::chunk(lines), &budget).instrument(span).await
        }));
        let said = join_said(solved.await)?;
        Ok(Summarized {
            texts: join_parts(said.parts),
            models: said.models,
            blocked_messages: said.blocked_messages,
            usage: said.usage,
            chunks: count,
        })
    }

    /// The day in chunks. What was cut before stays as it is: otherwise it would be asked about again (DESIGN rule 33).
    async fn cut(&self, limits: ChunkLimits) -> Vec<Vec<usize>> {
        let kept = self.store.kept_cut(self.guild, self.day);
        let (Capacity { pace, limits: of_model }, kept) = join(self.model.capacity(), kept).await;
        let (cuts, kept) = (limits.for_model(pace, &of_model, self.extra), kept.unwrap_or_default());
        let (chunks, cut) = self.transcript.chunks(&cuts, &kept);
        if cut != kept
            && let Err(error) = self.store.keep_cut(self.guild, self.day, &cut, self.clock.now()).await
        {
            tracing::warn!(event = "cut_not_kept", guild = %self.guild, date = %self.day, "{error}");
        }
        chunks
    }

    fn solver(&self) -> Solver<'_, S, M, C> {
        let Self { store, clock, guild, day, version, owner, since, .. } = *self;
        Solver {
            transcript: self.transcript,
            priority: self.priority,
            asking: Asking { model: self.model, deadline: self.deadline, guild, day },
            cache: ChunkCache { store, clock, guild, day, version, owner, since },
        }
    }
}

/// What all say together, or the worst error.
fn join_said(solved: Vec<Result<Said, Unsolved>>) -> Result<Said, Unsolved> {
    let mut all = Said::default();
    let mut failure: Option<Unsolved> = None;
    for said in solved {
        match said {
            Ok(said) => all.append(said),
            Err(error) => {
                failure = Some(match failure {
                    Some(first) => worse(first, error),
                    None => error,
                });
            }
        }
    }
    failure.map_or(Ok(all), Err)
}

#[cfg(test)]
mod tests;
