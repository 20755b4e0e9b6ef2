//! `/memory forget` and the button that takes a fact back. Who may not have something forgotten does not learn whether it is
//! there.

use super::context::{Context, InteractStore, say};
use crate::{
    app::AppError,
    domain::{Fact, FactId, InteractionResponse, Invoker, Person, UserId},
};

pub(super) async fn forget<S: InteractStore, R, C>(
    context: &Context<'_, S, R, C>,
    about: UserId,
    fact: &str,
) -> Result<InteractionResponse, AppError> {
    Ok(say(forgotten(context, about, fact).await?))
}

/// The same, in place of the message whose button was pressed.
pub(super) async fn undo<S: InteractStore, R, C>(
    context: &Context<'_, S, R, C>,
    about: UserId,
    fact: &str,
) -> Result<InteractionResponse, AppError> {
    Ok(InteractionResponse::Update(forgotten(context, about, fact).await?.into()))
}

/// Forgets a fact by its id, as the list of choices gives it, or by its words; and says so.
async fn forgotten<S: InteractStore, R, C>(
    context: &Context<'_, S, R, C>,
    about: UserId,
    fact: &str,
) -> Result<String, AppError> {
    let (lesson, language) = (context.lesson(about), context.language);
    let person = lesson.person().await?;
    let Some((id, text)) = named(forgettable(context.invoker, about, &person), fact) else {
        let all = may_forget_all(context.invoker, about);
        return Ok(if all { language.no_such_fact() } else { language.may_not_forget() });
    };
    let was_known = lesson.forget(id).await?;
    Ok(if was_known { language.forgotten(about, text) } else { language.no_such_fact() })
}

/// What is about the invoker or was taught by them, and for moderators everything else.
pub(super) fn forgettable(
    invoker: Invoker,
    about: UserId,
    person: &Person,
) -> impl DoubleEndedIterator<Item = (&FactId, &Fact)> {
    let all = may_forget_all(invoker, about);
    let theirs = move |fact: &Fact| all || fact.taught_by == Some(invoker.user);
    person.facts.iter().filter(move |(_, fact)| !person.opted_out && theirs(fact))
}

fn may_forget_all(invoker: Invoker, about: UserId) -> bool {
    about == invoker.user || invoker.is_moderator()
}

/// The fact of that id, or of those words.
fn named<'a>(mut facts: impl Iterator<Item = (&'a FactId, &'a Fact)>, named: &str) -> Option<(&'a FactId, &'a str)> {
    let words = named.trim().to_lowercase();
    let (id, fact) = facts.find(|(id, fact)| id.to_string() == named || fact.text.to_lowercase() == words)?;
    Some((id, &fact.text))
}
