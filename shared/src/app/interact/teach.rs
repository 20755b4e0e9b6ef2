//! Facts and names, taught and forgotten through the use case of `people`: no update is lost.

use super::Desk;
use crate::{
    app::{AppError, people::people},
    contract::{PeopleOp, PeopleRequest, PeopleResponse},
    domain::{
        Answer, Fact, FactId, MAX_ALIASES, MAX_FACTS, MAX_NAME_CHARS, Person, PersonError, Reply, Undo, UserId, cleaned,
    },
    ports::{ClaimInteractions, Clock, RespondLater, StoreError, TeachPeople, WriteSettings},
};

impl<S, R, C> Desk<'_, S, R, C>
where
    S: TeachPeople + WriteSettings + ClaimInteractions,
    R: RespondLater,
    C: Clock,
{
    pub(super) async fn remember(&self, about: UserId, text: &str) -> Result<Answer, AppError> {
        let fact = match Fact::new(text, Some(self.place.asker), self.deps.clock.now()) {
            Ok(fact) => fact,
            Err(error) => return Ok(self.say(self.language.cannot_keep(error))),
        };
        match self.teachable(about).await? {
            Err(refusal) => return Ok(self.say(refusal)),
            Ok(person) if person.facts.len() >= MAX_FACTS && named(person.facts.iter(), &fact.text).is_none() => {
                return Ok(self.say(self.language.cannot_keep(PersonError::TooManyFacts)));
            }
            Ok(_) => {}
        }
        let PeopleResponse::Remembered { fact_id, added } =
            self.people(about, PeopleOp::Remember, Some(&fact.text), None).await?
        else {
            return Ok(self.say(self.language.defect()));
        };
        let undo = Undo { person: about, fact: fact_id.to_string(), label: self.language.undo() };
        let text = self.language.remembered(about, &fact.text, added);
        Ok(Answer::Message(Reply { undo: added.then_some(undo), ..Reply::from(text) }))
    }

    pub(super) async fn alias(&self, about: UserId, name: &str) -> Result<Answer, AppError> {
        let name = match cleaned(name, MAX_NAME_CHARS) {
            Ok(name) => name,
            Err(error) => return Ok(self.say(self.language.cannot_keep(error))),
        };
        match self.teachable(about).await? {
            Err(refusal) => return Ok(self.say(refusal)),
            Ok(person) if person.aliases.len() >= MAX_ALIASES && !person.aliases.contains(&name) => {
                return Ok(self.say(self.language.cannot_keep(PersonError::TooManyAliases)));
            }
            Ok(_) => {}
        }
        match self.people(about, PeopleOp::Alias, Some(&name), None).await? {
            PeopleResponse::Aliased { added } => Ok(self.say(self.language.aliased(about, &name, added))),
            _ => Ok(self.say(self.language.defect())),
        }
    }

    /// Forgets a fact by its id, as the list of choices gives it, or by its words. Who may not have it forgotten does not
    /// learn whether it is there.
    pub(super) async fn forget(&self, about: UserId, fact: &str) -> Result<String, AppError> {
        let person = self.person(about).await?;
        let Some((id, text)) = named(self.forgettable(about, &person), fact) else {
            let all = self.may_forget_all(about);
            return Ok(if all { self.language.no_such_fact() } else { self.language.may_not_forget() });
        };
        match self.people(about, PeopleOp::Forget, None, Some(id)).await? {
            PeopleResponse::Forgotten { forgotten: true } => Ok(self.language.forgotten(about, text)),
            _ => Ok(self.language.no_such_fact()),
        }
    }

    /// What is about the asker or was taught by them, and for moderators everything else.
    pub(super) fn forgettable<'a>(
        &self,
        about: UserId,
        person: &'a Person,
    ) -> impl DoubleEndedIterator<Item = (&'a FactId, &'a Fact)> {
        let (asker, all) = (self.place.asker, self.may_forget_all(about));
        let theirs = move |fact: &Fact| all || fact.taught_by == Some(asker);
        person.facts.iter().filter(move |(_, fact)| !person.opted_out && theirs(fact))
    }

    fn may_forget_all(&self, about: UserId) -> bool {
        about == self.place.asker || self.place.is_moderator()
    }

    pub(super) async fn person(&self, about: UserId) -> Result<Person, StoreError> {
        let mut people = self.deps.store.people(self.place.guild, &[about]).await?;
        Ok(people.remove(&about).unwrap_or_default())
    }

    /// The person, if the asker may teach something about them; else why not.
    async fn teachable(&self, about: UserId) -> Result<Result<Person, String>, AppError> {
        let (settings, person) = tokio::try_join!(self.settings(), self.person(about))?;
        if !settings.teachers.allow(self.place.teacher(), about) {
            return Ok(Err(self.language.may_not_teach(settings.teachers)));
        }
        Ok(if person.opted_out { Err(self.language.opted_out(about)) } else { Ok(person) })
    }

    async fn people(
        &self,
        about: UserId,
        op: PeopleOp,
        text: Option<&str>,
        fact: Option<&FactId>,
    ) -> Result<PeopleResponse, AppError> {
        let request = PeopleRequest {
            guild_id: self.place.guild,
            user_id: about,
            op,
            text: text.map(str::to_owned),
            fact_id: fact.map(ToString::to_string),
            taught_by: Some(self.place.asker),
            moderator: self.place.is_moderator(),
        };
        people(&self.deps.store, &self.deps.clock, request).await
    }
}

/// The fact of that id, or of those words.
fn named<'a>(mut facts: impl Iterator<Item = (&'a FactId, &'a Fact)>, named: &str) -> Option<(&'a FactId, &'a str)> {
    let words = named.trim().to_lowercase();
    let (id, fact) = facts.find(|(id, fact)| id.to_string() == named || fact.text.to_lowercase() == words)?;
    Some((id, &fact.text))
}
