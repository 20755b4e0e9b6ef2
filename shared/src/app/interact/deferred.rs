//! `/memory show`, the menu of a person and `/catchup`: they may wait for a model, so that somebody else answers them. Whether
//! the answer may be seen is looked at here; `app/respond` gives it.

use super::{
    context::{Context, InteractStore, say},
    days,
    limit::note_answer,
};
use crate::{
    app::AppError,
    contract::{Decision, DeferredInteraction, Question},
    domain::{Audience, Day, GuildSettings, Handle, InteractionResponse, UserId},
    ports::{Clock, ReadGuildRoles, RespondLater},
};

pub(super) async fn show<S: InteractStore, R: RespondLater, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    handle: Handle,
    person: UserId,
) -> Result<InteractionResponse, AppError> {
    let (invoker, GuildSettings { audience, viewers, .. }) = (&context.invoker, context.settings().await?);
    let is_of_audience = audience.includes(&invoker.roles);
    if person != invoker.user && !is_of_audience {
        return Ok(say(context.language.not_of_the_audience(audience.role())));
    }
    if !viewers.allow(invoker.user, false, person) && !context.is_moderator().await? {
        return Ok(say(context.refusal(context.language.may_not_see())));
    }
    let question = Question::Show { user_id: person };
    if !is_of_audience {
        return Ok(defer(context, handle, audience, question, true).await);
    }
    defer_within_limit(context, handle, audience, question).await
}

pub(super) async fn catch_up<S: InteractStore, R: RespondLater, D, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    handle: Handle,
    day: Option<&str>,
    person: Option<UserId>,
) -> Result<InteractionResponse, AppError> {
    let (now, calendar) = (context.deps.clock.now(), &context.deps.calendar);
    let Some(date) = days::day(calendar, now, day, context.language) else {
        let newest = Day::of(now);
        return Ok(say(context.language.not_a_day(newest.days_before(calendar.history_days), newest)));
    };
    let audience = context.settings().await?.audience;
    if !audience.includes(&context.invoker.roles) {
        return Ok(say(context.language.not_of_the_audience(audience.role())));
    }
    defer_within_limit(context, handle, audience, Question::CatchUp { date, user_id: person }).await
}

/// Hands the question over, if the asker was not given too many answers just now.
async fn defer_within_limit<S: InteractStore, R: RespondLater, D, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    handle: Handle,
    audience: Audience,
    question: Question,
) -> Result<InteractionResponse, AppError> {
    let (invoker, now) = (&context.invoker, context.deps.clock.now());
    match note_answer(&context.deps.store, invoker.guild, invoker.user, now).await? {
        Ok(()) => Ok(defer(context, handle, audience, question, false).await),
        Err(room_at) => Ok(say(context.language.asked_too_often(room_at.duration_since(now)))),
    }
}

/// Hands the question over; an honest word if that fails.
async fn defer<S: InteractStore, R: RespondLater, D, C>(
    context: &Context<'_, S, R, D, C>,
    handle: Handle,
    audience: Audience,
    question: Question,
    facts_only: bool,
) -> InteractionResponse {
    let interaction = DeferredInteraction {
        handle,
        language: context.language,
        guild_id: context.invoker.guild,
        audience_role: audience.role(),
        facts_only,
        notice: context.notice,
        question,
    };
    match hand_over(context, &interaction).await {
        Ok(()) => InteractionResponse::Deferred { private: interaction.is_private() },
        Err(excuse) => excuse,
    }
}

/// Hands what somebody decided about what is kept of a person over, whoever the audience is; what is to be read meanwhile
/// stands in place of what was pressed, if anything was.
pub(super) async fn decide<S: InteractStore, R: RespondLater, D, C>(
    context: &Context<'_, S, R, D, C>,
    handle: Handle,
    (decision, user_id, from): (Decision, UserId, Option<Day>),
    meanwhile: Option<String>,
) -> InteractionResponse {
    let interaction = DeferredInteraction {
        handle,
        language: context.language,
        guild_id: context.invoker.guild,
        audience_role: None,
        facts_only: false,
        notice: context.notice,
        question: Question::Decide { decision, user_id, from },
    };
    match (hand_over(context, &interaction).await, meanwhile) {
        (Ok(()), Some(meanwhile)) => InteractionResponse::Update(meanwhile.into()),
        (Ok(()), None) => InteractionResponse::Deferred { private: true },
        (Err(excuse), _) => excuse,
    }
}

/// Has it answered by `respond`; an honest word if that fails.
async fn hand_over<S, R: RespondLater, D, C>(
    context: &Context<'_, S, R, D, C>,
    interaction: &DeferredInteraction,
) -> Result<(), InteractionResponse> {
    context.deps.responder.respond_later(interaction).await.map_err(|error| {
        let (guild, question) = (interaction.guild_id, interaction.question.name());
        tracing::warn!(event = "respond_not_invoked", %guild, question, "{error}");
        say(context.language.cannot_begin())
    })
}
