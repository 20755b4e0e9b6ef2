//! What people teach about a person: facts and other names, as `people` is asked for them.

mod lesson;

use super::AppError;
use crate::{
    contract::{KnownFact, PeopleOp, PeopleRequest, PeopleResponse},
    domain::{Fact, FactId, Person, PersonError, Teacher},
    ports::{Clock, ReadSettings, TeachPeople},
};
pub(super) use lesson::{Aliased, Lesson, NotTaught, Remembered};

/// Does what `request` asks for.
///
/// # Errors
/// `InvalidRequest` naming the field and the limit, or who may teach in this guild; `StoreUnavailable`, `Throttled` or `Internal` from the store.
pub async fn people<S, C>(store: &S, clock: &C, request: PeopleRequest) -> Result<PeopleResponse, AppError>
where
    S: TeachPeople + ReadSettings,
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
        PeopleOp::Forget => {
            let id = required("fact_id", request.fact_id)?.parse()?;
            Ok(PeopleResponse::Forgotten { forgotten: lesson.forget(&id).await? })
        }
        PeopleOp::Alias => {
            let Aliased { added, .. } = lesson.alias(teacher, &required("text", request.text)?).await?;
            Ok(PeopleResponse::Aliased { added })
        }
        PeopleOp::Facts => Ok(known(lesson.person().await?)),
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
    PeopleResponse::Known {
        facts: person.facts.into_iter().map(shown).collect(),
        aliases: person.aliases.into_iter().collect(),
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
