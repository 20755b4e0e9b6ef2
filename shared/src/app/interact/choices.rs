//! What can be chosen while somebody types.

use super::{
    context::{Context, InteractStore},
    days,
    forget::forgettable,
};
use crate::{
    app::AppError,
    domain::{Autocomplete, Choice, InteractionResponse, UserId},
    ports::Clock,
};

pub(super) async fn choices<S: InteractStore, R, C: Clock>(
    context: &Context<'_, S, R, C>,
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
async fn facts<S: InteractStore, R, C>(
    context: &Context<'_, S, R, C>,
    about: UserId,
    typed: &str,
) -> Result<Vec<Choice>, AppError> {
    let (person, typed) = (context.lesson(about).person().await?, typed.to_lowercase());
    let chosen = forgettable(context.invoker, about, &person).rev();
    let chosen = chosen.filter(|(_, fact)| fact.text.to_lowercase().contains(&typed));
    Ok(chosen.map(|(id, fact)| Choice { name: fact.text.clone(), value: id.to_string() }).collect())
}
