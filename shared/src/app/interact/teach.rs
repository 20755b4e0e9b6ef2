//! `/memory remember`, the menu of a message and `/memory alias`: facts and other names, taught as `people` teaches them.

use super::context::{Context, InteractStore, say};
use crate::{
    app::{
        AppError,
        people::{Aliased, NotTaught, Remembered},
    },
    domain::{InteractionResponse, ReplyContent, UndoButton, UserId},
    ports::Clock,
};

pub(super) async fn remember<S: InteractStore, R, C: Clock>(
    context: &Context<'_, S, R, C>,
    about: UserId,
    text: &str,
) -> Result<InteractionResponse, AppError> {
    let now = context.deps.clock.now();
    match context.lesson(about).remember(context.invoker.teacher(), text, now).await {
        Ok(remembered) => Ok(InteractionResponse::Message(confirmation(context, about, remembered))),
        Err(refusal) => refused(context, about, refusal),
    }
}

pub(super) async fn alias<S: InteractStore, R, C>(
    context: &Context<'_, S, R, C>,
    about: UserId,
    name: &str,
) -> Result<InteractionResponse, AppError> {
    match context.lesson(about).alias(context.invoker.teacher(), name).await {
        Ok(Aliased { name, added }) => Ok(say(context.language.aliased(about, &name, added))),
        Err(refusal) => refused(context, about, refusal),
    }
}

/// What is remembered now; a fact that is new can be taken back.
fn confirmation<S, R, C>(context: &Context<'_, S, R, C>, about: UserId, remembered: Remembered) -> ReplyContent {
    let Remembered { id, text, added } = remembered;
    let undo = UndoButton { person: about, fact: id.to_string(), label: context.language.undo() };
    let text = context.language.remembered(about, &text, added);
    ReplyContent { undo: added.then_some(undo), ..ReplyContent::from(text) }
}

fn refused<S, R, C>(
    context: &Context<'_, S, R, C>,
    about: UserId,
    refusal: NotTaught,
) -> Result<InteractionResponse, AppError> {
    let language = context.language;
    match refusal {
        NotTaught::NotAllowed(teachers) => Ok(say(language.may_not_teach(teachers))),
        NotTaught::OptedOut => Ok(say(language.opted_out(about))),
        NotTaught::Unfit(error) => Ok(say(language.cannot_keep(error))),
        NotTaught::Store(error) => Err(error.into()),
    }
}
