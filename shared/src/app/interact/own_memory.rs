//! What people decide about what is kept of them: `/memory opt-out`, `opt-in`, `erase` and `export`, and the buttons of those
//! that cannot be taken back. `app/respond` has it done; whether the asker may is looked at here, with the command and again
//! when a button is pressed.

use super::{
    context::{Context, InteractStore, say},
    deferred::decide,
    limit::note_answer,
};
use crate::{
    app::AppError,
    contract::Decision,
    domain::{Button, Component, Day, Handle, InteractionResponse, ReplyContent, UserId},
    ports::{Clock, ReadGuildRoles, RespondLater, StoreError},
};

/// Says what opting out means, and asks whether the invoker is sure.
pub(super) fn ask_opt_out<S, R, D, C>(context: &Context<'_, S, R, D, C>) -> InteractionResponse {
    let asker = context.invoker.user;
    are_you_sure(context, context.language.ask_opt_out(), Component::OptOut { asker })
}

/// Says what an erase of `person` ends, and asks whether the invoker is sure. Of others only moderators are asked.
pub(super) async fn ask_erase<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    person: UserId,
) -> Result<InteractionResponse, AppError> {
    let (asker, language) = (context.invoker.user, context.language);
    if !may_erase(context, person).await? {
        return Ok(say(context.refusal(language.may_not_erase())));
    }
    let text = if person == asker { language.ask_erase() } else { language.ask_erase_of(person) };
    Ok(are_you_sure(context, text, Component::Erase { asker, person }))
}

/// Lets what the invoker writes from now on be kept.
pub(super) async fn opt_in<S: InteractStore, R: RespondLater, D, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    handle: Handle,
) -> InteractionResponse {
    decide(context, handle, (Decision::OptIn, context.invoker.user, None), None).await
}

/// Hands out what is kept of the invoker. It reads all that is stored of the guild, and is counted as an answer that may call
/// a model is (DESIGN rule 30).
pub(super) async fn export<S: InteractStore, R: RespondLater, D, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    handle: Handle,
    from: Option<&str>,
) -> Result<InteractionResponse, AppError> {
    let (invoker, now) = (&context.invoker, context.deps.clock.now());
    let from: Option<Day> = match from.map(|typed| typed.trim().parse()).transpose() {
        Ok(from) => from,
        Err(_) => return Ok(say(context.language.no_first_day(Day::of(now)))),
    };
    match note_answer(&context.deps.store, invoker.guild, invoker.user, now).await? {
        Ok(()) => Ok(decide(context, handle, (Decision::Export, invoker.user, from), None).await),
        Err(room_at) => Ok(say(context.language.asked_too_often(room_at.duration_since(now)))),
    }
}

/// Does what a button asks for that only who was asked may press, and tells it in place of the question.
pub(super) async fn pressed<S: InteractStore, R: RespondLater, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    handle: Handle,
    (asker, sure): (UserId, Option<(Decision, UserId)>),
) -> Result<InteractionResponse, AppError> {
    let language = context.language;
    if asker != context.invoker.user {
        return Ok(say(language.not_your_button()));
    }
    let Some((decision, person)) = sure else {
        return Ok(InteractionResponse::Update(language.cancelled().into()));
    };
    // They may have been a moderator when they were asked.
    if !may_erase(context, person).await? {
        return Ok(InteractionResponse::Update(context.refusal(language.may_not_erase()).into()));
    }
    Ok(decide(context, handle, (decision, person, None), Some(language.working())).await)
}

/// What is kept of oneself, and for moderators of anybody.
async fn may_erase<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    person: UserId,
) -> Result<bool, StoreError> {
    Ok(person == context.invoker.user || context.is_moderator().await?)
}

fn are_you_sure<S, R, D, C>(context: &Context<'_, S, R, D, C>, text: String, sure: Component) -> InteractionResponse {
    let (language, asker) = (context.language, context.invoker.user);
    let confirm = Button { label: language.sure(&sure), asks: sure, is_final: true };
    let cancel = Button { label: language.cancel(), asks: Component::Cancel { asker }, is_final: false };
    InteractionResponse::Message(ReplyContent { buttons: vec![confirm, cancel], ..ReplyContent::from(text) })
}
