//! Interactions: each is worked on once, and answered now or later.

use std::future::Future;

use jiff::Timestamp;

use super::{DiscordError, InvokeError, StoreError};
use crate::{
    contract::DeferredInteraction,
    domain::{Asked, GuildId, Handle, InteractionId, Language, ReplyContent, UserId},
};

/// Remembers which interactions were seen.
pub trait ClaimInteractions: Send + Sync {
    /// Whether the interaction is new at `now`; from then on it is not, until `expires_at`.
    fn claim(
        &self,
        interaction: InteractionId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// Counts the answers that may call a model, for each person in each guild (DESIGN rule 30).
pub trait LimitAnswers: Send + Sync {
    /// When the person was last given such answers. Whoever decides looks which of them still count.
    fn asked(&self, guild: GuildId, user: UserId) -> impl Future<Output = Result<Asked, StoreError>> + Send;

    /// Replaces what was read.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the same person asked for something else since.
    fn note_asked(
        &self,
        guild: GuildId,
        user: UserId,
        seen: &Asked,
        now: &Asked,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Has an interaction answered by somebody who has the time.
pub trait RespondLater: Send + Sync {
    /// One asynchronous invocation of `respond`.
    fn respond_later(&self, interaction: &DeferredInteraction) -> impl Future<Output = Result<(), InvokeError>> + Send;
}

/// Gives an answer that was put off.
pub trait EditReply: Send + Sync {
    /// One try to put `reply` in place of what the asker sees while they wait; what can be waited out is.
    fn edit_reply(
        &self,
        handle: &Handle,
        reply: &ReplyContent,
        language: Language,
    ) -> impl Future<Output = Result<(), DiscordError>> + Send;
}
