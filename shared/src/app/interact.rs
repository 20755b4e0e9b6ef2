//! What an interaction is answered within Discord's 3 seconds: facts are taught and forgotten at once, and what takes longer
//! is handed to `respond`.
//!
//! ```text
//! seen before? ──▶ may they? ──▶ facts: done, said ── or ──▶ an invocation of respond, "the answer follows"
//! ```
//!
//! Whoever asks always hears something: an error here becomes words. Each command is a function in the file of its subject.

mod choices;
mod context;
mod days;
mod deferred;
mod forget;
mod limit;
mod notice;
mod own_memory;
mod privacy;
mod settings;
mod standing;
mod teach;
mod wipe;

use std::time::Duration;

use jiff::SignedDuration;

use super::AppError;
use crate::{
    contract::Decision,
    domain::{Action, Command, Component, FilledForm, Handle, Interaction, InteractionResponse},
    ports::{Clock, ReadChannels, ReadGuildRoles, RespondLater, StoreError},
};
use context::{Context, say};
pub use context::{Deps, InteractStore};

/// How long the answer may take; the rest of the 3 seconds is for the way there and back.
const ANSWER_WITHIN: Duration = Duration::from_millis(2_200);
/// How long it is remembered that an interaction was seen. Longer than its request is timely.
const CLAIMED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// The first answer to `interaction`, within about 2 seconds.
#[tracing::instrument(target = "span", skip_all, fields(action = interaction.action.name()))]
pub async fn interact<S, R, D, C>(deps: &Deps<S, R, D, C>, interaction: Interaction) -> InteractionResponse
where
    S: InteractStore,
    R: RespondLater,
    D: ReadGuildRoles + ReadChannels,
    C: Clock,
{
    let Interaction { handle, language, invoker, action } = interaction;
    let (name, is_typing) = (action.name(), matches!(action, Action::Autocomplete(_)));
    // There is no room for words where choices are expected.
    let excuse = |text| if is_typing { InteractionResponse::Choices(Vec::new()) } else { say(text) };
    let Some(invoker) = invoker else {
        return excuse(language.only_in_guilds());
    };
    let guild = invoker.guild;
    if !deps.allowed_guilds.allow(guild) {
        return excuse(language.guild_not_allowed());
    }
    let mut context = Context::new(deps, invoker, language);
    match tokio::time::timeout(ANSWER_WITHIN, act(&mut context, handle, action)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            tracing::warn!(event = "interaction_failed", %guild, action = name, error_type = %error.kind, "{error}");
            excuse(language.failed(error.kind, error.retry_after_s()))
        }
        Err(_) => {
            tracing::warn!(event = "interaction_failed", %guild, action = name, error_type = "Timeout");
            excuse(language.too_slow())
        }
    }
}

/// Does what is asked for. Choices change nothing; everything else is done once.
async fn act<S, R, D, C>(
    context: &mut Context<'_, S, R, D, C>,
    handle: Handle,
    action: Action,
) -> Result<InteractionResponse, AppError>
where
    S: InteractStore,
    R: RespondLater,
    D: ReadGuildRoles + ReadChannels,
    C: Clock,
{
    match action {
        Action::Autocomplete(typing) => choices::choices(context, typing).await,
        _ if !is_new(context, &handle).await? => Ok(say(context.language.already_handled())),
        Action::Command(command) => {
            context.notice = notice::is_due(context, &command).await?;
            let answer = run(context, handle, command).await?;
            Ok(notice::beside(context, answer))
        }
        Action::Component(component) => press(context, handle, component).await,
        Action::Form(FilledForm::Wipe { typed }) => wipe::typed(context, &typed).await,
        Action::Unknown => Ok(say(context.language.unknown_command())),
    }
}

/// Somebody who has a copy of a signed request can send it again.
async fn is_new<S: InteractStore, R, D, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    handle: &Handle,
) -> Result<bool, StoreError> {
    let now = context.deps.clock.now();
    context.deps.store.claim(handle.interaction_id, now, now + CLAIMED_FOR).await
}

async fn press<S, R, D, C>(
    context: &Context<'_, S, R, D, C>,
    handle: Handle,
    component: Component,
) -> Result<InteractionResponse, AppError>
where
    S: InteractStore,
    R: RespondLater,
    D: ReadGuildRoles + ReadChannels,
    C: Clock,
{
    let (asker, sure) = match component {
        Component::Undo { person, fact } => return forget::undo(context, person, &fact).await,
        Component::OptOut { asker } => (asker, Some((Decision::OptOut, asker))),
        Component::Erase { asker, person } => (asker, Some((Decision::Erase, person))),
        Component::Cancel { asker } => (asker, None),
        Component::CancelWipe => return wipe::cancel(context).await,
    };
    own_memory::pressed(context, handle, (asker, sure)).await
}

async fn run<S, R, D, C>(
    context: &Context<'_, S, R, D, C>,
    handle: Handle,
    command: Command,
) -> Result<InteractionResponse, AppError>
where
    S: InteractStore,
    R: RespondLater,
    D: ReadGuildRoles + ReadChannels,
    C: Clock,
{
    let or_invoker = |person: Option<_>| person.unwrap_or(context.invoker.user);
    match command {
        Command::Show { person } => deferred::show(context, handle, or_invoker(person)).await,
        Command::CatchUp { day, person } => deferred::catch_up(context, handle, day.as_deref(), person).await,
        Command::Remember { person, text } => teach::remember(context, or_invoker(person), &text).await,
        Command::RememberMessage { author: None, .. } => Ok(say(context.language.no_bots())),
        Command::RememberMessage { channel, author: Some(author), text } => {
            teach::remember_message(context, channel, author, &text).await
        }
        Command::Alias { person, name } => teach::alias(context, or_invoker(person), &name).await,
        Command::Forget { person, fact } => forget::forget(context, or_invoker(person), &fact).await,
        Command::OptOut => Ok(own_memory::ask_opt_out(context)),
        Command::OptIn => Ok(own_memory::opt_in(context, handle).await),
        Command::Erase { person } => own_memory::ask_erase(context, or_invoker(person)).await,
        Command::Export { from } => own_memory::export(context, handle, from.as_deref()).await,
        Command::Privacy => privacy::privacy(context).await,
        Command::Wipe => wipe::ask(context).await,
        Command::Settings(change) => settings::change(context, handle, &change).await,
    }
}

#[cfg(test)]
mod tests;
