//! `/memory forget` and the button that takes a fact back. Who may not have something forgotten does not learn whether it is
//! there.

use super::context::{Context, InteractStore, say};
use crate::{
    app::AppError,
    domain::{Fact, FactId, InteractionResponse, Person, UserId, hash},
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

/// Forgets what was chosen from the list, or typed; and says so.
async fn forgotten<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    about: UserId,
    wanted: &str,
) -> Result<String, AppError> {
    let (lesson, language) = (context.lesson(about), context.language);
    let person = lesson.person().await?;
    let all = may_forget_all(context, about).await?;
    let Some(named) = named(&forgettable(&person, context.invoker.user, about, all), wanted) else {
        return Ok(if all { language.no_such_fact() } else { context.refusal(language.may_not_forget()) });
    };
    let was_known = match named {
        Forgettable::Fact(id, _) => lesson.forget(id).await?,
        Forgettable::Alias(name) => lesson.forget_alias(name).await?,
        Forgettable::SeenName(name) => lesson.forget_name(name).await?,
    };
    Ok(if was_known { language.forgotten(about, named.words()) } else { language.no_such_fact() })
}

/// Something that can be taken back (DESIGN rule 29).
#[derive(Clone, Copy)]
pub(super) enum Forgettable<'a> {
    /// What was taught.
    Fact(&'a FactId, &'a Fact),
    /// Another name that was taught.
    Alias(&'a str),
    /// A name that the person had once.
    SeenName(&'a str),
}

impl Forgettable<'_> {
    /// What it says.
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Fact(_, fact) => &fact.text,
            Self::Alias(name) | Self::SeenName(name) => name,
        }
    }

    /// What is sent if it is chosen: nothing else is meant by it, and it fits into a choice whatever the words are.
    pub(super) fn id(&self) -> String {
        match self {
            Self::Fact(id, _) => id.to_string(),
            Self::Alias(name) => format!("alias:{}", hash::of([*name])),
            Self::SeenName(name) => format!("name:{}", hash::of([*name])),
        }
    }
}

/// What was chosen; else the first that has exactly the words that were typed; else the first that has them in any case.
fn named<'a>(known: &[Forgettable<'a>], wanted: &str) -> Option<Forgettable<'a>> {
    let (typed, any_case) = (wanted.trim(), wanted.trim().to_lowercase());
    let chosen = known.iter().find(|one| one.id() == wanted);
    let exact = || known.iter().find(|one| one.words() == typed);
    let similar = || known.iter().find(|one| one.words().to_lowercase() == any_case);
    chosen.or_else(exact).or_else(similar).copied()
}

/// The newest facts first, then other names: all that is known, or what was taught by `user` alone. The names that somebody
/// had are theirs alone.
pub(super) fn forgettable(person: &Person, user: UserId, about: UserId, all: bool) -> Vec<Forgettable<'_>> {
    if person.is_left_out() {
        return Vec::new();
    }
    let may = |taught_by: Option<UserId>| all || taught_by == Some(user);
    let facts = person.facts.iter().rev().filter(|(_, fact)| may(fact.taught_by));
    let aliases = person.aliases.iter().filter(|(_, alias)| may(alias.taught_by));
    let names = person.names.iter().filter(|name| about == user && person.called.all().all(|has| has != *name));
    let facts = facts.map(|(id, fact)| Forgettable::Fact(id, fact));
    let aliases = aliases.map(|(name, _)| Forgettable::Alias(name));
    facts.chain(aliases).chain(names.map(|name| Forgettable::SeenName(name))).collect()
}

/// What is about the invoker, and for moderators everything else.
pub(super) async fn may_forget_all<S: InteractStore, R, D: ReadGuildRoles, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    about: UserId,
) -> Result<bool, StoreError> {
    Ok(about == context.invoker.user || context.is_moderator().await?)
}
