//! What people teach about a person: facts and aliases. No model is asked, and no update is lost.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AppError, retry::backoff};
use crate::{
    domain::{Fact, FactId, GuildId, MAX_NAME_CHARS, Person, PersonError, Teacher, Teachers, UserId},
    ports::{Clock, ReadSettings, StoreError, TeachPeople},
};

/// How often a change is made anew because somebody else changed the same person meanwhile.
const MAX_ATTEMPTS: u32 = 20;

/// What to do about one person.
#[derive(Deserialize)]
pub struct Request {
    /// The guild.
    pub guild_id: GuildId,
    /// The person it is about.
    pub user_id: UserId,
    /// What to do.
    pub op: Op,
    /// The fact to remember, or the alias.
    #[serde(default)]
    pub text: Option<String>,
    /// The fact to forget.
    #[serde(default)]
    pub fact_id: Option<String>,
    /// Who asks for a fact to be remembered.
    #[serde(default)]
    pub taught_by: Option<UserId>,
    /// Whether who asks has Discord's permission Manage Guild; nobody but the caller can know.
    #[serde(default)]
    pub moderator: bool,
}

/// The operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Adds a fact.
    Remember,
    /// Removes a fact.
    Forget,
    /// Adds an alias.
    Alias,
    /// Lists facts and aliases.
    Facts,
}

/// As in a request.
impl std::fmt::Display for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Remember => "remember",
            Self::Forget => "forget",
            Self::Alias => "alias",
            Self::Facts => "facts",
        })
    }
}

/// What was done.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// The fact is known, and was new or not.
    Remembered {
        /// Its id.
        fact_id: FactId,
        /// Whether it was new.
        added: bool,
    },
    /// The fact is not known any more.
    Forgotten {
        /// Whether it was known.
        forgotten: bool,
    },
    /// The alias is known.
    Aliased {
        /// Whether it was new.
        added: bool,
    },
    /// What people taught.
    Known {
        /// The facts, oldest first.
        facts: Vec<KnownFact>,
        /// The aliases.
        aliases: Vec<String>,
    },
}

/// A fact as it is shown.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct KnownFact {
    /// Its id.
    pub id: FactId,
    /// The statement.
    pub text: String,
    /// Who asked for it to be remembered, if they said so.
    pub taught_by: Option<UserId>,
    /// When they asked.
    pub taught_at: Timestamp,
}

/// Does what `request` asks for.
///
/// # Errors
/// `InvalidRequest` naming the field and the limit, or who may teach in this guild; `StoreUnavailable`, `Throttled` or `Internal` from the store.
pub async fn people<S, C>(store: &S, clock: &C, request: Request) -> Result<Response, AppError>
where
    S: TeachPeople + ReadSettings,
    C: Clock,
{
    if matches!(request.op, Op::Remember | Op::Alias) {
        let teacher = Teacher { user: request.taught_by, moderator: request.moderator };
        may_teach(store.settings(request.guild_id).await?.teachers, teacher, request.user_id)?;
    }
    let lesson = Lesson { store, guild: request.guild_id, user: request.user_id };
    match request.op {
        Op::Remember => {
            let text = required("text", request.text)?;
            lesson.remember(Fact::new(&text, request.taught_by, clock.now())?).await
        }
        Op::Forget => lesson.forget(&required("fact_id", request.fact_id)?.parse()?).await,
        Op::Alias => lesson.alias(&required("text", request.text)?).await,
        Op::Facts => lesson.facts().await,
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
    async fn remember(&self, fact: Fact) -> Result<Response, AppError> {
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
        Ok(Response::Remembered { fact_id, added })
    }

    async fn forget(&self, id: &FactId) -> Result<Response, AppError> {
        let mut was_known = false;
        let forgotten = self
            .change_facts(|person| {
                let known = person.facts.remove(id).is_some();
                was_known |= known;
                Ok((was_known, known))
            })
            .await?;
        Ok(Response::Forgotten { forgotten })
    }

    async fn alias(&self, text: &str) -> Result<Response, AppError> {
        let alias = crate::domain::cleaned(text, MAX_NAME_CHARS)?;
        let person = self.person().await?;
        if person.aliases.contains(&alias) {
            return Ok(Response::Aliased { added: false });
        }
        match self.store.add_alias(self.guild, self.user, &alias).await {
            Err(StoreError::Conflict) => Err(PersonError::TooManyAliases.into()),
            added => Ok(added.map(|()| Response::Aliased { added: true })?),
        }
    }

    async fn facts(&self) -> Result<Response, AppError> {
        let Person { facts, aliases, .. } = self.person().await?;
        let shown = |(id, fact): (FactId, Fact)| KnownFact {
            id,
            text: fact.text,
            taught_by: fact.taught_by,
            taught_at: fact.taught_at,
        };
        Ok(Response::Known { facts: facts.into_iter().map(shown).collect(), aliases: aliases.into_iter().collect() })
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
