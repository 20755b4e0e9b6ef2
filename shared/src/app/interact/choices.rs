//! What can be chosen while somebody types.

use super::{
    context::{Context, InteractStore},
    days,
    forget::{Forgettable, forgettable, may_forget_all},
};
use crate::{
    app::AppError,
    domain::{Autocomplete, Choice, InteractionResponse, UserId},
    ports::{Clock, ReadGuildRoles},
};

pub(super) async fn choices<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    typing: Autocomplete,
) -> Result<InteractionResponse, AppError> {
    let choices = match typing {
        Autocomplete::Fact { person, typed } => facts(context, person.unwrap_or(context.invoker.user), &typed).await?,
        Autocomplete::Day { typed } => {
            days::choices(&context.deps.calendar, context.deps.clock.now(), &typed, context.language)
        }
        Autocomplete::Unknown => Vec::new(),
    };
    Ok(InteractionResponse::Choices(choices))
}

/// What somebody may have forgotten, if the typed words are in it.
async fn facts<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    about: UserId,
    typed: &str,
) -> Result<Vec<Choice>, AppError> {
    let (person, typed) = (context.lesson(about).person().await?, typed.to_lowercase());
    let all = may_forget_all(context, about).await?;
    let chosen = forgettable(&person, context.invoker.user, about, all).into_iter();
    let chosen = chosen.filter(|one| one.words().to_lowercase().contains(&typed));
    let name = |one: &Forgettable<'_>| match one {
        Forgettable::Fact(_, fact) => fact.text.clone(),
        Forgettable::Alias(name) => context.language.another_name(name),
        Forgettable::SeenName(name) => context.language.former_name(name),
    };
    Ok(chosen.map(|one| Choice { name: name(&one), value: one.id() }).collect())
}
