//! What people teach about a person: facts and aliases. No model is asked, and no update is lost.

use super::{AppError, retry::backoff};
use crate::{
    contract::{KnownFact, PeopleOp, PeopleRequest, PeopleResponse},
    domain::{Fact, FactId, GuildId, MAX_NAME_CHARS, Person, PersonError, Teacher, Teachers, UserId},
    ports::{Clock, ReadSettings, StoreError, TeachPeople},
};

/// How often a change is made anew because somebody else changed the same person meanwhile.
const MAX_ATTEMPTS: u32 = 20;

/// Does what `request` asks for.
///
/// # Errors
/// `InvalidRequest` naming the field and the limit, or who may teach in this guild; `StoreUnavailable`, `Throttled` or `Internal` from the store.
pub async fn people<S, C>(store: &S, clock: &C, request: PeopleRequest) -> Result<PeopleResponse, AppError>
where
    S: TeachPeople + ReadSettings,
    C: Clock,
{
    if matches!(request.op, PeopleOp::Remember | PeopleOp::Alias) {
        let teacher = Teacher { user: request.taught_by, moderator: request.moderator };
        may_teach(store.settings(request.guild_id).await?.teachers, teacher, request.user_id)?;
    }
    let lesson = Lesson { store, guild: request.guild_id, user: request.user_id };
    match request.op {
        PeopleOp::Remember => {
            let text = required("text", request.text)?;
            lesson.remember(Fact::new(&text, request.taught_by, clock.now())?).await
        }
        PeopleOp::Forget => lesson.forget(&required("fact_id", request.fact_id)?.parse()?).await,
        PeopleOp::Alias => lesson.alias(&required("text", request.text)?).await,
        PeopleOp::Facts => lesson.facts().await,
    }
}

/// What the guild decided about who teaches whom.
fn may_teach(teachers: Teachers, teacher: Teacher, about: UserId) -> Result<(), AppError> {
    if teachers.allow(teacher, about) {
        return Ok(());
    }
    Err(AppError::invalid(match teachers {
        Teachers::Moderators => {
            "taught_by: in this guild only moderators may teach (\"moderator\":true says that one does)"
        }
        Teachers::Anyone | Teachers::Oneself => {
            "taught_by: in this guild everybody may teach about themselves only, and moderators about anybody \
             (\"moderator\":true says that one does)"
        }
    }))
}

fn required(field: &str, value: Option<String>) -> Result<String, AppError> {
    value.ok_or_else(|| AppError::invalid(format!("missing field `{field}`")))
}

impl From<PersonError> for AppError {
    fn from(error: PersonError) -> Self {
        Self::invalid(error.to_string())
    }
}

/// What is taught about one person.
struct Lesson<'a, S> {
    store: &'a S,
    guild: GuildId,
    user: UserId,
}

impl<S: TeachPeople> Lesson<'_, S> {
    async fn remember(&self, fact: Fact) -> Result<PeopleResponse, AppError> {
        let id = FactId::new(fact.taught_at, fastrand::u128(..));
        let (fact_id, added) = self
            .change_facts(|person| {
                // A write whose answer was lost: the conflict is with ourselves.
                if person.facts.contains_key(&id) {
                    return Ok(((id.clone(), true), false));
                }
                let (id, added) = person.remember(id.clone(), fact.clone())?;
                Ok(((id, added), added))
            })
            .await?;
        Ok(PeopleResponse::Remembered { fact_id, added })
    }

    async fn forget(&self, id: &FactId) -> Result<PeopleResponse, AppError> {
        let mut was_known = false;
        let forgotten = self
            .change_facts(|person| {
                let known = person.facts.remove(id).is_some();
                was_known |= known;
                Ok((was_known, known))
            })
            .await?;
        Ok(PeopleResponse::Forgotten { forgotten })
    }

    async fn alias(&self, text: &str) -> Result<PeopleResponse, AppError> {
        let alias = crate::domain::cleaned(text, MAX_NAME_CHARS)?;
        let person = self.person().await?;
        if person.aliases.contains(&alias) {
            return Ok(PeopleResponse::Aliased { added: false });
        }
        match self.store.add_alias(self.guild, self.user, &alias).await {
            Err(StoreError::Conflict) => Err(PersonError::TooManyAliases.into()),
            added => Ok(added.map(|()| PeopleResponse::Aliased { added: true })?),
        }
    }

    async fn facts(&self) -> Result<PeopleResponse, AppError> {
        let Person { facts, aliases, .. } = self.person().await?;
        let shown = |(id, fact): (FactId, Fact)| KnownFact {
            id,
            text: fact.text,
            taught_by: fact.taught_by,
            taught_at: fact.taught_at,
        };
        Ok(PeopleResponse::Known {
            facts: facts.into_iter().map(shown).collect(),
            aliases: aliases.into_iter().collect(),
        })
    }

    async fn person(&self) -> Result<Person, StoreError> {
        let mut people = self.store.people(self.guild, &[self.user]).await?;
        Ok(people.remove(&self.user).unwrap_or_default())
    }

    /// Reads the facts, changes them, and writes them back unless somebody else did meanwhile: then all of it again.
    /// `change` gives its result and whether there is anything to write.
    async fn change_facts<T>(
        &self,
        mut change: impl FnMut(&mut Person) -> Result<(T, bool), PersonError>,
    ) -> Result<T, AppError> {
        for attempt in 0..MAX_ATTEMPTS {
            let mut person = self.person().await?;
            let (result, changed) = change(&mut person)?;
            if !changed {
                return Ok(result);
            }
            let written = self.store.replace_facts(self.guild, self.user, &person.facts, person.facts_revision).await;
            match written {
                Err(StoreError::Conflict) => tokio::time::sleep(backoff(attempt)).await,
                written => return Ok(written.map(|()| result)?),
            }
        }
        Err(StoreError::Conflict.into())
    }
}

#[cfg(test)]
mod tests;
