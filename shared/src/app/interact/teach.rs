//! `/memory remember`, the menu of a message and `/memory alias`: facts and other names, taught as `people` teaches them.

use super::context::{Context, InteractStore, say};
use crate::{
    app::{
        AppError,
        people::{Aliased, NotTaught, Remembered},
    },
    domain::{Button, ChannelId, Component, InteractionResponse, ReplyContent, Teacher, UserId},
    ports::{Clock, ReadChannels, ReadGuildRoles},
};

pub(super) async fn remember<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    about: UserId,
    text: &str,
) -> Result<InteractionResponse, AppError> {
    let now = context.deps.clock.now();
    let teacher = context.teacher_of(about).await?;
    match context.lesson(about).remember(teacher, text, now).await {
        Ok(remembered) => Ok(InteractionResponse::Message(confirmation(context, about, remembered))),
        Err(refusal) => refused(context, about, refusal),
    }
}

/// Somebody's message as a fact about them: only if it was written where everybody may read it that is told (DESIGN rule 26).
pub(super) async fn remember_message<S: InteractStore, R, D: ReadGuildRoles + ReadChannels, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    channel: Option<ChannelId>,
    author: UserId,
    text: &str,
) -> Result<InteractionResponse, AppError> {
    let openness = context.openness(context.settings().await?.audience).await?;
    let guild_is_read = context.deps.discord.is_some();
    if !channel.is_some_and(|channel| openness.may_be_kept(channel, guild_is_read)) {
        return Ok(say(context.language.message_not_open()));
    }
    remember(context, author, text).await
}

pub(super) async fn alias<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    about: UserId,
    name: &str,
) -> Result<InteractionResponse, AppError> {
    let (teacher, now) = (context.teacher_of(about).await?, context.deps.clock.now());
    let lesson = context.lesson(about);
    let taught = match lesson.alias(teacher, name, now).await {
        Err(NotTaught::AnothersName) if context.is_moderator().await? => {
            lesson.alias(Teacher { moderator: true, ..teacher }, name, now).await
        }
        taught => taught,
    };
    match taught {
        Ok(Aliased { name, added }) => Ok(say(context.language.aliased(about, &name, added))),
        Err(refusal) => refused(context, about, refusal),
    }
}

/// What is remembered now; a fact that is new can be taken back.
fn confirmation<S, R, D, C>(context: &Context<'_, S, R, D, C>, about: UserId, remembered: Remembered) -> ReplyContent {
    let Remembered { id, text, added } = remembered;
    let asks = Component::Undo { person: about, fact: id.to_string() };
    let undo = Button { label: context.language.undo(), asks, is_final: false };
    let text = context.language.remembered(about, &text, added);
    ReplyContent { buttons: added.then_some(undo).into_iter().collect(), ..ReplyContent::from(text) }
}

fn refused<S, R, D, C>(
    context: &Context<'_, S, R, D, C>,
    about: UserId,
    refusal: NotTaught,
) -> Result<InteractionResponse, AppError> {
    let language = context.language;
    match refusal {
        NotTaught::NotAllowed(teachers) => Ok(say(context.refusal(language.may_not_teach(teachers)))),
        NotTaught::AnothersName => Ok(say(context.refusal(language.anothers_name()))),
        NotTaught::OptedOut => Ok(say(language.opted_out(about))),
        NotTaught::Unfit(error) => Ok(say(language.cannot_keep(error))),
        NotTaught::Store(error) => Err(error.into()),
    }
}
