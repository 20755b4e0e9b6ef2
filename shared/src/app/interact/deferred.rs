//! `/memory show`, the menu of a person and `/catchup`: they may wait for a model, so that somebody else answers them. Whether
//! the answer may be seen is looked at here; `app/respond` gives it.

use super::{
    context::{Context, InteractStore, say},
    days,
};
use crate::{
    app::AppError,
    contract::{DeferredInteraction, Question},
    domain::{Day, Handle, InteractionResponse, UserId},
    ports::{Clock, RespondLater},
};

pub(super) async fn show<S: InteractStore, R: RespondLater, C>(
    context: &Context<'_, S, R, C>,
    handle: Handle,
    person: UserId,
) -> Result<InteractionResponse, AppError> {
    let (invoker, viewers) = (context.invoker, context.settings().await?.viewers);
    if !viewers.allow(invoker.user, invoker.is_moderator(), person) {
        return Ok(say(context.language.may_not_see()));
    }
    Ok(defer(context, handle, Question::Show { user_id: person }).await)
}

pub(super) async fn catch_up<S, R: RespondLater, C: Clock>(
    context: &Context<'_, S, R, C>,
    handle: Handle,
    day: Option<&str>,
    person: Option<UserId>,
) -> InteractionResponse {
    let (now, calendar) = (context.deps.clock.now(), &context.deps.calendar);
    match days::day(calendar, now, day, context.language) {
        Some(date) => defer(context, handle, Question::CatchUp { date, user_id: person }).await,
        None => {
            let newest = Day::of(now);
            say(context.language.not_a_day(newest.days_before(calendar.history_days), newest))
        }
    }
}

/// Hands the question over; an honest word if that fails.
async fn defer<S, R: RespondLater, C>(
    context: &Context<'_, S, R, C>,
    handle: Handle,
    question: Question,
) -> InteractionResponse {
    let guild = context.invoker.guild;
    let interaction = DeferredInteraction { handle, language: context.language, guild_id: guild, question };
    match context.deps.responder.respond_later(&interaction).await {
        Ok(()) => InteractionResponse::Deferred { private: question.is_private() },
        Err(error) => {
            tracing::warn!(event = "respond_not_invoked", %guild, question = question.name(), "{error}");
            say(context.language.cannot_begin())
        }
    }
}
