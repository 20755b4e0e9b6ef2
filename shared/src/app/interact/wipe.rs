//! `/memory wipe`: moderators end all that is kept of their guild (DESIGN rule 45). The wipe is noted here, and done by `people`
//! when its time has come. Who may is looked at with the command, when the form is sent and when the button is pressed.
//!
//! ```text
//! command ──▶ a form ──▶ the right words ──▶ noted ┄┄ WIPED_AFTER ┄┄▶ people: erase_due
//!    └──▶ is it noted? when it begins, and ─▶ Cancel ──▶ forgotten
//! ```

use super::context::{Context, InteractStore, say};
use crate::{
    app::AppError,
    domain::{Button, Component, InteractionResponse, ReplyContent, Wipe},
    ports::{Clock, ReadGuildRoles, StoreError},
};

/// Says what a wipe ends, and asks for the words; or says when the one that is noted begins.
pub(super) async fn ask<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
) -> Result<InteractionResponse, AppError> {
    if !context.is_moderator().await? {
        return Ok(refused(context));
    }
    Ok(match noted(context).await? {
        Some(wipe) => told(context, wipe),
        None => InteractionResponse::WipeForm(context.language.wipe_form()),
    })
}

/// Notes the wipe, if the right words were typed.
pub(super) async fn typed<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    typed: &str,
) -> Result<InteractionResponse, AppError> {
    let (guild, user, language) = (context.invoker.guild, context.invoker.user, context.language);
    // They may have been a moderator when they were asked.
    if !context.is_moderator().await? {
        return Ok(refused(context));
    }
    if !language.are_wipe_words(typed) {
        return Ok(say(language.wrong_wipe_words()));
    }
    let wipe = Wipe::announced(context.deps.clock.now());
    if context.deps.store.note_wipe(guild, wipe).await? {
        tracing::warn!(event = "guild_wipe_noted", %guild, %user, begins_at = %wipe.begins_at);
        return Ok(told(context, wipe));
    }
    // Another moderator was faster.
    Ok(told(context, noted(context).await?.unwrap_or(wipe)))
}

/// Forgets the wipe, unless it has begun.
pub(super) async fn cancel<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
) -> Result<InteractionResponse, AppError> {
    let (guild, user, language) = (context.invoker.guild, context.invoker.user, context.language);
    if !context.is_moderator().await? {
        return Ok(refused(context));
    }
    let text = if context.deps.store.cancel_wipe(guild, context.deps.clock.now()).await? {
        tracing::warn!(event = "guild_wipe_cancelled", %guild, %user);
        language.wipe_cancelled()
    } else if noted(context).await?.is_some() {
        language.wipe_has_begun()
    } else {
        language.no_wipe_to_cancel()
    };
    Ok(InteractionResponse::Update(text.into()))
}

async fn noted<S: InteractStore, R, D, C>(context: &Context<'_, S, R, D, C>) -> Result<Option<Wipe>, StoreError> {
    Ok(context.deps.store.wipes().await?.remove(&context.invoker.guild))
}

/// When it begins, with a button that calls it off until then.
fn told<S, R, D, C: Clock>(context: &Context<'_, S, R, D, C>, wipe: Wipe) -> InteractionResponse {
    let language = context.language;
    if wipe.has_begun(context.deps.clock.now()) {
        return say(language.wipe_has_begun());
    }
    let cancel = Button { label: language.cancel_wipe(), asks: Component::CancelWipe, is_final: false };
    let text = language.wipe_is_noted(wipe.begins_at);
    InteractionResponse::Message(ReplyContent { buttons: vec![cancel], ..ReplyContent::from(text) })
}

fn refused<S, R, D, C>(context: &Context<'_, S, R, D, C>) -> InteractionResponse {
    say(context.refusal(context.language.may_not_wipe()))
}
