//! Teaches something about one person, or takes it back. No model is asked, and no update is lost.

use jiff::Timestamp;

use crate::{
    app::retry::backoff,
    domain::{Alias, Fact, FactId, GuildId, MAX_NAME_CHARS, Person, PersonError, Teacher, Teachers, UserId, cleaned},
    ports::{FindByName, ReadSettings, StoreError, TeachPeople},
};

/// How often a change is made anew because somebody else changed the same person meanwhile.
pub(super) const MAX_ATTEMPTS: u32 = 20;

/// What is taught about one person.
pub(in crate::app) struct Lesson<'a, S> {
    pub(in crate::app) store: &'a S,
    pub(in crate::app) guild: GuildId,
    /// The person.
    pub(in crate::app) about: UserId,
}

/// A fact that is known now.
pub(in crate::app) struct Remembered {
    pub(in crate::app) id: FactId,
    /// Its words, as they are kept.
    pub(in crate::app) text: String,
    /// Whether it was new.
    pub(in crate::app) added: bool,
}

/// A name that is known now.
pub(in crate::app) struct Aliased {
    /// The name, as it is kept.
    pub(in crate::app) name: String,
    /// Whether it was new.
    pub(in crate::app) added: bool,
}

/// Why something is not taught.
#[derive(Debug, thiserror::Error)]
pub(in crate::app) enum NotTaught {
    /// The guild decided that others may teach it.
    #[error("taught_by: {} (\"moderator\":true says that one does)", who_may(*.0))]
    NotAllowed(Teachers),
    /// Another member of the guild is seen under that name.
    #[error("text: another member of this guild has that name (moderators may teach it: \"moderator\":true)")]
    AnothersName,
    /// The person does not want to be remembered (DESIGN rule 20), or did not say yes where the guild asks (rule 42).
    #[error(
        "user_id: this person opted out, or has not opted in where the guild asks for it, so nothing is kept about them"
    )]
    OptedOut,
    /// It is blank or too long, or there is no room for it.
    #[error(transparent)]
    Unfit(#[from] PersonError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn who_may(teachers: Teachers) -> &'static str {
    match teachers {
        Teachers::Moderators => "in this guild only moderators may teach",
        Teachers::Anyone | Teachers::Oneself => {
            "in this guild everybody may teach about themselves only, and moderators about anybody"
        }
    }
}

impl<S: TeachPeople + FindByName + ReadSettings> Lesson<'_, S> {
    /// Has the text remembered as a fact.
    pub(in crate::app) async fn remember(
        &self,
        teacher: Teacher,
        text: &str,
        now: Timestamp,
    ) -> Result<Remembered, NotTaught> {
        let fact = Fact::new(text, teacher.user, now)?;
        self.check_teacher(teacher).await?;
        let new_id = FactId::new(now, fastrand::u128(..));
        let (id, added) = self.change_taught(|person| add(person, &new_id, &fact)).await?;
        Ok(Remembered { id, text: fact.text, added })
    }

    /// Has the person known by another name.
    pub(in crate::app) async fn alias(
        &self,
        teacher: Teacher,
        name: &str,
        now: Timestamp,
    ) -> Result<Aliased, NotTaught> {
        let name = cleaned(name, MAX_NAME_CHARS)?;
        self.check_teacher(teacher).await?;
        self.check_name(teacher, &name).await?;
        let alias = Alias { taught_by: teacher.user, taught_at: Some(now) };
        let mut added = false;
        self.change_taught(|person| {
            if person.is_left_out() {
                return Err(NotTaught::OptedOut);
            }
            let is_new = person.call(&name, alias)?;
            // A write whose answer was lost: then it is there already when it is tried again.
            added |= is_new;
            Ok(((), is_new))
        })
        .await?;
        Ok(Aliased { name, added })
    }

    /// Nobody takes the name of another member (DESIGN rule 29): what is asked about that name would be told of the wrong one.
    async fn check_name(&self, teacher: Teacher, name: &str) -> Result<(), NotTaught> {
        let bearers = self.store.seen_as(self.guild, name).await?;
        let is_anothers = bearers.iter().any(|bearer| *bearer != self.about);
        if is_anothers && !teacher.moderator { Err(NotTaught::AnothersName) } else { Ok(()) }
    }

    /// What the guild decided about who teaches whom.
    async fn check_teacher(&self, teacher: Teacher) -> Result<(), NotTaught> {
        let teachers = self.store.settings(self.guild).await?.teachers;
        if teachers.allow(teacher, self.about) { Ok(()) } else { Err(NotTaught::NotAllowed(teachers)) }
    }
}

impl<S: TeachPeople> Lesson<'_, S> {
    /// Has a fact forgotten; `false` if it was not known.
    pub(in crate::app) async fn forget(&self, id: &FactId) -> Result<bool, StoreError> {
        self.take_back(|person| person.facts.remove(id).is_some()).await
    }

    /// Has another name that was taught forgotten; `false` if it was not known.
    pub(in crate::app) async fn forget_alias(&self, name: &str) -> Result<bool, StoreError> {
        self.take_back(|person| person.take_back(name)).await
    }

    /// Drops a name that the person was once seen under; `false` if it was not known.
    pub(in crate::app) async fn forget_name(&self, name: &str) -> Result<bool, StoreError> {
        let mut was_known = false;
        for attempt in 0..MAX_ATTEMPTS {
            let person = self.person().await?;
            if !person.names.contains(name) {
                // A write whose answer was lost: then it is gone already when it is tried again.
                return Ok(was_known);
            }
            was_known = true;
            match self.store.drop_name(self.guild, self.about, &person, name).await {
                Err(StoreError::Conflict) => tokio::time::sleep(backoff(attempt)).await,
                dropped => return dropped.map(|()| true),
            }
        }
        Err(StoreError::Conflict)
    }

    async fn take_back(&self, take: impl Fn(&mut Person) -> bool) -> Result<bool, StoreError> {
        let mut was_known = false;
        self.change_taught(|person| {
            let known = take(person);
            // A write whose answer was lost: then it is gone already when it is tried again.
            was_known |= known;
            Ok((was_known, known))
        })
        .await
    }

    /// What is known about the person.
    pub(in crate::app) async fn person(&self) -> Result<Person, StoreError> {
        let mut people = self.store.people(self.guild, &[self.about]).await?;
        Ok(people.remove(&self.about).unwrap_or_default())
    }

    /// Reads what was taught, changes it, and writes it back unless somebody else did meanwhile: then all of it again.
    /// `change` gives its result and whether there is anything to write.
    async fn change_taught<T, E: From<StoreError>>(
        &self,
        mut change: impl FnMut(&mut Person) -> Result<(T, bool), E>,
    ) -> Result<T, E> {
        let mut erased_at = None;
        for attempt in 0..MAX_ATTEMPTS {
            let mut person = self.person().await?;
            if person.erased_at != *erased_at.get_or_insert(person.erased_at) {
                // What was to be taught before they were erased stays out (DESIGN rule 41).
                break;
            }
            let (result, changed) = change(&mut person)?;
            if !changed {
                return Ok(result);
            }
            let written = self.store.replace_taught(self.guild, self.about, &person).await;
            match written {
                Err(StoreError::Conflict) => tokio::time::sleep(backoff(attempt)).await,
                Err(error) => return Err(error.into()),
                Ok(()) => {
                    self.take_back_if_wiped(person.erased_at).await?;
                    return Ok(result);
                }
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// A wipe of the guild finds nobody of whom nothing was known: so whoever taught looks once more, and what was taught
    /// before it is [not there](Person::wiped) when it is read again.
    async fn take_back_if_wiped(&self, erased_at: Option<Timestamp>) -> Result<(), StoreError> {
        let person = self.person().await?;
        if person.erased_at == erased_at {
            return Ok(());
        }
        match self.store.replace_taught(self.guild, self.about, &person).await {
            // Whoever changed it read it as it is now.
            Ok(()) | Err(StoreError::Conflict) => Err(StoreError::Conflict),
            Err(error) => Err(error),
        }
    }
}

/// Adds the fact: the id it is known by, whether it is new, and whether there is anything to write.
fn add(person: &mut Person, new_id: &FactId, fact: &Fact) -> Result<((FactId, bool), bool), NotTaught> {
    if person.is_left_out() {
        return Err(NotTaught::OptedOut);
    }
    // A write whose answer was lost: the conflict is with ourselves.
    if person.facts.contains_key(new_id) {
        return Ok(((new_id.clone(), true), false));
    }
    let (id, added) = person.remember(new_id.clone(), fact.clone())?;
    Ok(((id, added), added))
}
