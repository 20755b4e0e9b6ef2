//! What came of chunks, kept until their day is made of them.

use jiff::Timestamp;

use crate::{
    domain::{Day, GuildId, KeptChunk, LeaseOwner},
    ports::{Clock, KeepChunks, StoreError},
};

/// What is kept about the chunks of a day.
pub(super) struct ChunkCache<'a, S, C> {
    pub(super) store: &'a S,
    pub(super) clock: &'a C,
    pub(super) guild: GuildId,
    pub(super) day: Day,
    /// The ledger's version before the messages were read.
    pub(super) version: u64,
    /// Whose lease it is.
    pub(super) owner: &'a LeaseOwner,
    /// What was kept before this is not used: it belongs to a summary that is to be made anew.
    pub(super) since: Option<Timestamp>,
}

impl<S: KeepChunks, C: Clock> ChunkCache<'_, S, C> {
    /// What came of the chunk of that hash, if it may be used.
    pub(super) async fn get(&self, hash: &str) -> Result<Option<KeptChunk>, StoreError> {
        let kept = self.store.kept_chunk(self.guild, self.day, hash).await?;
        Ok(kept.filter(|chunk| chunk.counts(self.since, self.clock.now())))
    }

    /// Nothing is lost yet where it cannot be kept: the day's commit decides.
    pub(super) async fn put(&self, hash: &str, chunk: &KeptChunk) {
        let kept = self.store.keep_chunk(self.guild, self.day, hash, chunk, self.version, self.owner).await;
        if let Err(error) = kept {
            tracing::warn!(event = "chunk_not_kept", guild = %self.guild, date = %self.day, "{error}");
        }
    }
}
