//! `/memory forget` and the button that takes a fact back. Who may not have something forgotten does not learn whether it is
//! there.

use super::context::{Context, InteractStore, say};
use crate::{
    app::AppError,
    domain::{Fact, FactId, InteractionResponse, Person, UserId},
    ports::{Clock, ReadGuildRoles, StoreError},
};

pub(super) async fn forget<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    about: UserId,
    fact: &str,
) -> Result<InteractionResponse, AppError> {
    Ok(say(forgotten(context, about, fact).await?))
}

/// The same, in place of the message whose button was pressed.
pub(super) async fn undo<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    about: UserId,
    fact: &str,
) -> Result<InteractionResponse, AppError> {
    Ok(InteractionResponse::Update(forgotten(context, about, fact).await?.into()))
}

/// Forgets a fact by its id, as the list of choices gives it, or by its words; and says so.
async fn forgotten<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    about: UserId,
    fact: &str,
) -> Result<String, AppError> {
    let (lesson, language) = (context.lesson(about), context.language);
    let person = lesson.person().await?;
    let all = may_forget_all(context, about).await?;
    let Some((id, text)) = named(forgettable(context.invoker.user, all, &person), fact) else {
        return Ok(if all { language.no_such_fact() } else { context.refusal(language.may_not_forget()) });
    };
    let was_known = lesson.forget(id).await?;
    Ok(if was_known { language.forgotten(about, text) } else { language.no_such_fact() })
}

/// All that is known, or what was taught by `user` alone.
pub(super) fn forgettable(
    user: UserId,
    all: bool,
    person: &Person,
) -> impl DoubleEndedIterator<Item = (&FactId, &Fact)> {
    let theirs = move |fact: &Fact| all || fact.taught_by == Some(user);
    person.facts.iter().filter(move |(_, fact)| !person.opted_out && theirs(fact))
}

/// What is about the invoker, and for moderators everything else.
pub(super) async fn may_forget_all<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    about: UserId,
) -> Result<bool, StoreError> {
    Ok(about == context.invoker.user || context.is_moderator().await?)
}

/// The fact of that id, or of those words.
fn named<'a>(mut facts: impl Iterator<Item = (&'a FactId, &'a Fact)>, named: &str) -> Option<(&'a FactId, &'a str)> {
    let words = named.trim().to_lowercase();
    let (id, fact) = facts.find(|(id, fact)| id.to_string() == named || fact.text.to_lowercase() == words)?;
    Some((id, &fact.text))
}
