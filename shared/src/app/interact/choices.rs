//! What can be chosen while somebody types.

use super::{
    context::{Context, InteractStore},
    days,
    forget::{forgettable, may_forget_all},
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

/// The facts somebody may have forgotten, those with the typed words in them; the newest first.
async fn facts<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    about: UserId,
    typed: &str,
) -> Result<Vec<Choice>, AppError> {
    let (person, typed) = (context.lesson(about).person().await?, typed.to_lowercase());
    let all = may_forget_all(context, about).await?;
    let chosen = forgettable(context.invoker.user, all, &person).rev();
    let chosen = chosen.filter(|(_, fact)| fact.text.to_lowercase().contains(&typed));
    Ok(chosen.map(|(id, fact)| Choice { name: fact.text.clone(), value: id.to_string() }).collect())
}
