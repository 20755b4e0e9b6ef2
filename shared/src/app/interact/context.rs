//! What every command is answered with, and who asks.

use crate::{
    app::people::Lesson,
    domain::{Calendar, GuildSettings, InteractionResponse, Invoker, Language, ReplyContent, UserId},
    ports::{ClaimInteractions, StoreError, TeachPeople, WriteSettings},
};

/// What interactions are answered with.
pub struct Deps<S, R, C> {
    /// People, settings, and what was seen before.
    pub store: S,
    /// Who answers what takes long.
    pub responder: R,
    /// The time.
    pub clock: C,
    /// Which days can be told about.
    pub calendar: Calendar,
}

/// All that answers need from the store.
pub trait InteractStore: TeachPeople + WriteSettings + ClaimInteractions {}

impl<S: TeachPeople + WriteSettings + ClaimInteractions> InteractStore for S {}

/// One interaction that is being answered.
pub(super) struct Context<'a, S, R, C> {
    pub(super) deps: &'a Deps<S, R, C>,
    pub(super) invoker: Invoker,
    pub(super) language: Language,
}

impl<S: InteractStore, R, C> Context<'_, S, R, C> {
    /// What is taught about `person`.
    pub(super) fn lesson(&self, person: UserId) -> Lesson<'_, S> {
        Lesson { store: &self.deps.store, guild: self.invoker.guild, about: person }
    }

    pub(super) async fn settings(&self) -> Result<GuildSettings, StoreError> {
        self.deps.store.settings(self.invoker.guild).await
    }
}

/// A message for the invoker's eyes only.
pub(super) fn say(text: String) -> InteractionResponse {
    InteractionResponse::Message(ReplyContent::from(text))
}
