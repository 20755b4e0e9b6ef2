//! That a guild asks whether anything may be kept of people is said once to who uses a command there, beside the answer (DESIGN
//! rule 42).

use super::context::{Context, InteractStore};
use crate::{
    domain::{Command, InteractionResponse},
    ports::StoreError,
};

/// Whether the answer to the command is to say so, which is noted. Not where others would read it, not beside a form,
/// and not where somebody decides just that, or reads about it at length.
pub(super) async fn is_due<S: InteractStore, R, D, C>(
    context: &Context<'_, S, R, D, C>,
    command: &Command,
) -> Result<bool, StoreError> {
    let has_room = !matches!(
        command,
        Command::CatchUp { person: None, .. } | Command::OptIn | Command::OptOut | Command::Privacy | Command::Wipe
    );
    let (store, guild, user) = (&context.deps.store, context.invoker.guild, context.invoker.user);
    Ok(has_room && context.lesson(user).person().await?.owes_an_answer() && store.note_told(guild, user).await?)
}

/// The answer, which says so. One that was put off says it when it is there.
pub(super) fn beside<S, R, D, C>(
    context: &Context<'_, S, R, D, C>,
    answer: InteractionResponse,
) -> InteractionResponse {
    match answer {
        InteractionResponse::Message(reply) if context.notice => {
            InteractionResponse::Message(reply.noting(&context.language.consent_notice()))
        }
        answer => answer,
    }
}
