//! What people teach about a person: facts and other names, as `people` is asked for them.

mod lesson;

use super::AppError;
use crate::{
    contract::{KnownAlias, KnownFact, PeopleOp, PeopleRequest, PeopleResponse},
    domain::{Alias, Fact, FactId, Person, PersonError, Teacher},
    ports::{Clock, FindByName, ReadSettings, TeachPeople},
};
pub(super) use lesson::{Aliased, Lesson, NotTaught, Remembered};

/// Does what `request` asks for.
///
/// # Errors
/// `InvalidRequest` naming the field and the limit, or who may teach in this guild; `StoreUnavailable`, `Throttled` or `Internal` from the store.
pub async fn people<S, C>(store: &S, clock: &C, request: PeopleRequest) -> Result<PeopleResponse, AppError>
where
    S: TeachPeople + FindByName + ReadSettings,
    C: Clock,
{
    let lesson = Lesson { store, guild: request.guild_id, about: request.user_id };
    let teacher = Teacher { user: request.taught_by, moderator: request.moderator };
    match request.op {
        PeopleOp::Remember => {
            let text = required("text", request.text)?;
            let Remembered { id, added, .. } = lesson.remember(teacher, &text, clock.now()).await?;
            Ok(PeopleResponse::Remembered { fact_id: id, added })
        }
        PeopleOp::Forget => Ok(PeopleResponse::Forgotten { forgotten: forget(&lesson, request).await? }),
        PeopleOp::ForgetName => {
            let name = required("text", request.text)?;
            Ok(PeopleResponse::Forgotten { forgotten: lesson.forget_name(&name).await? })
        }
        PeopleOp::Alias => {
            let name = required("text", request.text)?;
            let Aliased { added, .. } = lesson.alias(teacher, &name, clock.now()).await?;
            Ok(PeopleResponse::Aliased { added })
        }
        PeopleOp::Facts => Ok(known(lesson.person().await?)),
    }
}

/// A fact by its id, or another name by itself.
async fn forget<S: TeachPeople>(lesson: &Lesson<'_, S>, request: PeopleRequest) -> Result<bool, AppError> {
    match (request.fact_id, request.text) {
        (None, Some(alias)) => Ok(lesson.forget_alias(&alias).await?),
        (fact, _) => Ok(lesson.forget(&required("fact_id", fact)?.parse()?).await?),
    }
}

fn required(field: &str, value: Option<String>) -> Result<String, AppError> {
    value.ok_or_else(|| AppError::invalid(format!("missing field `{field}`")))
}

fn known(person: Person) -> PeopleResponse {
    let shown = |(id, fact): (FactId, Fact)| KnownFact {
        id,
        text: fact.text,
        taught_by: fact.taught_by,
        taught_at: fact.taught_at,
    };
    let called =
        |(name, alias): (String, Alias)| KnownAlias { name, taught_by: alias.taught_by, taught_at: alias.taught_at };
    PeopleResponse::Known {
        facts: person.facts.into_iter().map(shown).collect(),
        aliases: person.aliases.into_iter().map(called).collect(),
        names: person.names.into_iter().collect(),
    }
}

impl From<PersonError> for AppError {
    fn from(error: PersonError) -> Self {
        Self::invalid(error.to_string())
    }
}

impl From<NotTaught> for AppError {
    fn from(error: NotTaught) -> Self {
        match error {
            NotTaught::Store(error) => error.into(),
            refusal => Self::invalid(refusal.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
