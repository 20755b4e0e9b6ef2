//! What the pieces of a day say: from what is kept, from a model, or from their halves.

use futures::future::{BoxFuture, FutureExt as _, join};
use tracing::Span;

use super::{
    ask::Asking,
    budget::CallBudget,
    cache::ChunkCache,
    piece::{CacheLookup, Piece},
    said::Said,
    unsolved::{Unsolved, worse},
};
use crate::{
    domain::{
        ChunkOutcome, KeptChunk, Priority, hash,
        prompt::{DayPrompt, Transcript},
    },
    ports::{Clock, KeepChunks, LanguageModel},
};

/// Who is asked about the pieces of which day, and what is kept of it.
pub(super) struct Solver<'a, S, M, C> {
    pub(super) transcript: &'a Transcript,
    pub(super) priority: Priority,
    pub(super) asking: Asking<'a, M>,
    pub(super) cache: ChunkCache<'a, S, C>,
}

impl<S: KeepChunks, M: LanguageModel, C: Clock> Solver<'_, S, M, C> {
    /// What a piece says. Boxed, because it calls itself for halves.
    ///
    /// # Errors
    /// If a part of it is not to be had; of two errors the [`worse`].
    pub(super) fn solve<'s>(&'s self, piece: Piece, budget: &'s CallBudget) -> BoxFuture<'s, Result<Said, Unsolved>> {
        async move {
            let prompt = self.transcript.prompt(&piece.lines, self.priority);
            let hash = hash::of([self.asking.model.name().as_str(), &prompt.prompt.input_hash()]);
            let kept = match piece.lookup {
                CacheLookup::Worthwhile => self.cache.get(&hash).await?,
                CacheLookup::Pointless => None,
            };
            Span::current().record("cache_hit", kept.is_some());
            match kept {
                Some(kept) => self.read(kept, &piece, CacheLookup::Worthwhile, budget).await,
                None => {
                    let chunk = self.ask(&prompt, &hash, &piece, budget).await?;
                    self.read(chunk, &piece, CacheLookup::Pointless, budget).await
                }
            }
        }
        .boxed()
    }

    async fn ask(
        &self,
        prompt: &DayPrompt,
        hash: &str,
        piece: &Piece,
        budget: &CallBudget,
    ) -> Result<KeptChunk, Unsolved> {
        let (outcome, usage) = self.asking.ask(prompt, piece, budget).await?;
        let chunk = KeptChunk { outcome, usage, kept_at: self.cache.clock.now() };
        if !self.is_committed_at_once(piece, &chunk) {
            self.cache.put(hash, &chunk).await;
        }
        Ok(chunk)
    }

    /// The answer about a whole day is committed in the next moment: it need not be kept before.
    fn is_committed_at_once(&self, piece: &Piece, chunk: &KeptChunk) -> bool {
        piece.lines.len() == self.transcript.len() && !matches!(chunk.outcome, ChunkOutcome::Split { .. })
    }

    /// What a piece says, or what its halves do.
    async fn read(
        &self,
        chunk: KeptChunk,
        piece: &Piece,
        lookup: CacheLookup,
        budget: &CallBudget,
    ) -> Result<Said, Unsolved> {
        let usage = chunk.usage;
        match chunk.outcome {
            ChunkOutcome::Summarized { texts, model } => {
                Ok(Said { parts: vec![texts], models: vec![model], blocked_messages: 0, usage })
            }
            ChunkOutcome::Blocked { messages } => Ok(Said { blocked_messages: messages, usage, ..Said::default() }),
            ChunkOutcome::Split { blocked } => {
                let [first, second] = piece.split(self.transcript.halves(&piece.lines), blocked, lookup);
                let (first, second) = join(self.solve(first, budget), self.solve(second, budget)).await;
                let mut said = Said { usage, ..Said::default() };
                let (first, second) = both(first, second)?;
                said.append(first);
                said.append(second);
                Ok(said)
            }
        }
    }
}

fn both(first: Result<Said, Unsolved>, second: Result<Said, Unsolved>) -> Result<(Said, Said), Unsolved> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        (Err(first), Err(second)) => Err(worse(first, second)),
    }
}
