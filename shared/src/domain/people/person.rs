//! What people asked to be remembered about a person, and the names the person is known by.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    alias::{Alias, is_same_name},
    cleaned::cleaned,
    error::PersonError,
    known_names::KnownNames,
    limits::{MAX_ALIASES, MAX_FACT_CHARS, MAX_FACTS, MAX_NAMES},
};
use crate::domain::{Consent, MessageId, UserId, hash};

/// The id of a fact: a ULID, so that ids sort in the order the facts were taught.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactId(String);

impl FactId {
    /// The id of a fact taught at `at`; `random` makes it unique.
    pub fn new(at: Timestamp, random: u128) -> Self {
        let ms = u64::try_from(at.as_millisecond()).unwrap_or(0);
        Self(ulid::Ulid::from_parts(ms, random).to_string())
    }
}

impl FromStr for FactId {
    type Err = PersonError;

    fn from_str(text: &str) -> Result<Self, PersonError> {
        ulid::Ulid::from_string(text).map(|id| Self(id.to_string())).map_err(|_| PersonError::InvalidFactId)
    }
}

impl fmt::Display for FactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One statement somebody asked to be remembered.
#[derive(Clone, PartialEq, Eq)]
pub struct Fact {
    /// The statement, at most [`MAX_FACT_CHARS`] characters.
    pub text: String,
    /// Who asked, if they said so.
    pub taught_by: Option<UserId>,
    /// When they asked.
    pub taught_at: Timestamp,
}

/// What is known about a person besides what they did.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// The facts, oldest first.
    pub facts: BTreeMap<FactId, Fact>,
    /// Counts the changes of what was taught, so that no two writers overwrite each other.
    pub facts_revision: u64,
    /// The names they have.
    pub called: KnownNames,
    /// Names they were seen under.
    pub names: BTreeSet<String>,
    /// Names people taught.
    pub aliases: BTreeMap<String, Alias>,
    /// How often another name was taken back: what was made before may tell it (DESIGN rule 29).
    pub names_taken_back: u64,
    /// Nothing is stored, sent to a model or answered (DESIGN rule 20).
    pub opted_out: bool,
    /// They said that something of them may be kept. It matters where the guild asks (DESIGN rule 42).
    pub opted_in: bool,
    /// Of whom the guild keeps anything, as it was when they were read. It is the guild's, and nothing of theirs.
    pub consent: Consent,
    /// When they were erased last, or opted out or in again: what was written until then stays out for ever (DESIGN rule 41).
    pub erased_at: Option<Timestamp>,
}

impl Person {
    /// The facts' texts, oldest first.
    pub fn fact_texts(&self) -> Vec<&str> {
        self.facts.values().map(|fact| fact.text.as_str()).collect()
    }

    /// The name to call them by.
    pub fn name(&self) -> Option<&str> {
        self.called.shown()
    }

    /// Every other name they are known by: those they were taught under first.
    pub fn also_known_as(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.aliases.keys().map(String::as_str).collect();
        for name in &self.names {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names.retain(|name| Some(*name) != self.name());
        names
    }

    /// Adds a fact, and gives its id and whether it is new: the same text twice is one fact.
    ///
    /// # Errors
    /// [`PersonError::TooManyFacts`] when there is no room for it.
    pub fn remember(&mut self, id: FactId, fact: Fact) -> Result<(FactId, bool), PersonError> {
        if let Some((existing, _)) = self.facts.iter().find(|(_, known)| same_text(&known.text, &fact.text)) {
            return Ok((existing.clone(), false));
        }
        if self.facts.len() >= MAX_FACTS {
            return Err(PersonError::TooManyFacts);
        }
        self.facts.insert(id.clone(), fact);
        Ok((id, true))
    }

    /// Adds another name; `false` if it is known already.
    ///
    /// # Errors
    /// [`PersonError::TooManyAliases`] when there is no room for it.
    pub fn call(&mut self, name: &str, alias: Alias) -> Result<bool, PersonError> {
        if self.aliases.contains_key(name) {
            return Ok(false);
        }
        if self.aliases.len() >= MAX_ALIASES {
            return Err(PersonError::TooManyAliases);
        }
        self.aliases.insert(name.to_owned(), alias);
        Ok(true)
    }

    /// Whether anything is known of them that may be told. That they were erased, or opted out, is nothing of the kind.
    pub fn is_known(&self) -> bool {
        let nothing = Self {
            facts_revision: self.facts_revision,
            names_taken_back: self.names_taken_back,
            erased_at: self.erased_at,
            opted_in: self.opted_in,
            consent: self.consent,
            ..Self::default()
        };
        !self.is_left_out() && *self != nothing
    }

    /// Whether that is a name they were seen under.
    pub fn was_seen_as(&self, name: &str) -> bool {
        self.keeps_name(name) || self.called.contain(name)
    }

    /// Whether that is a name among those that are kept.
    pub fn keeps_name(&self, name: &str) -> bool {
        self.names.iter().any(|kept| is_same_name(kept, name))
    }

    /// What of that is said later than what is known of the names they have, and may be kept: nothing of who opted out, and
    /// nothing from before they were erased.
    #[must_use]
    pub fn news(&self, said: &KnownNames) -> KnownNames {
        let KnownNames { account, nick } = self.called.news(said);
        KnownNames {
            account: account.filter(|said| !self.keeps_out(said.at)),
            nick: nick.filter(|said| !self.keeps_out(said.at)),
        }
    }

    /// Whether nothing is stored, sent to a model or answered of them: they opted out (DESIGN rule 20), or the guild asks and
    /// they did not say yes (rule 42). Everybody who reads people decides by this, and by nothing else.
    pub fn is_left_out(&self) -> bool {
        self.opted_out || self.owes_an_answer()
    }

    /// Whether the guild asks, and they have answered neither way.
    pub fn owes_an_answer(&self) -> bool {
        self.consent == Consent::Asked && !self.opted_in && !self.opted_out
    }

    /// Whether what they wrote in that message stays out: they are left out, or were erased since (DESIGN rules 20, 41 and
    /// 42).
    pub fn keeps_out(&self, message: MessageId) -> bool {
        self.is_left_out() || self.erased_at.is_some_and(|erased_at| message.written_at() <= erased_at)
    }

    /// Whether anything was taught about them, or they were seen under a name.
    pub fn is_recorded(&self) -> bool {
        !self.facts.is_empty()
            || !self.aliases.is_empty()
            || !self.names.is_empty()
            || self.called != KnownNames::default()
    }

    /// Whether they wrote after that time, by what is known of the account's name.
    pub fn wrote_after(&self, at: Timestamp) -> bool {
        self.called.account.as_ref().is_some_and(|said| said.at.written_at() > at)
    }

    /// What is left of them when they are erased: that they were, when, and what they decided. Who had opted out and does not
    /// any more said yes. The revision tells whoever read them before.
    #[must_use]
    pub fn erased(&self, opted_out: bool, at: Timestamp) -> Self {
        let erased_at = Some(self.erased_at.map_or(at, |before| before.max(at)));
        let opted_in = !opted_out && (self.opted_in || self.opted_out);
        let (facts_revision, consent) = (self.facts_revision + 1, self.consent);
        Self { facts_revision, opted_out, opted_in, consent, erased_at, ..Self::default() }
    }

    /// As they are in a guild that was wiped then: erased, at the least. What was taught until then is not known, whoever
    /// wrote it down since (DESIGN rule 45).
    #[must_use]
    pub fn wiped(mut self, wiped_at: Option<Timestamp>) -> Self {
        let Some(wiped_at) = wiped_at else { return self };
        self.facts.retain(|_, fact| fact.taught_at > wiped_at);
        self.aliases.retain(|_, alias| alias.taught_at.is_some_and(|at| at > wiped_at));
        Self { erased_at: self.erased_at.max(Some(wiped_at)), ..self }
    }

    /// Whether all that is known of them is the names they had when they were erased.
    pub fn is_only_named_before(&self) -> bool {
        let names = [self.called.account.as_ref().map(|said| said.at), self.called.nick.as_ref().map(|said| said.at)];
        let is_named_since = names.into_iter().flatten().any(|at| !self.keeps_out(at));
        self.is_recorded() && self.facts.is_empty() && self.aliases.is_empty() && !is_named_since
    }

    /// What is said later of the names they have, with each of these among those that are kept while there is room.
    #[must_use]
    pub fn after(&self, said: &KnownNames) -> Self {
        let mut person = self.clone();
        let news = self.news(said);
        person.called = self.called.joined(&news);
        for name in news.all() {
            if person.names.len() < MAX_NAMES {
                person.names.insert(name.to_owned());
            }
        }
        person
    }

    /// Without a name they were once seen under. Those they have, and others that are the same to who reads them, stay.
    #[must_use]
    pub fn without_name(&self, name: &str) -> Self {
        let mut person = self.clone();
        person.names.remove(name);
        person
    }

    /// Takes another name back that was taught; `false` if it is not known.
    pub fn take_back(&mut self, alias: &str) -> bool {
        let was_known = self.aliases.remove(alias).is_some();
        self.names_taken_back += u64::from(was_known);
        was_known
    }

    /// Names the facts, and how many names were taken back: what was made of others may tell what was forgotten (DESIGN
    /// rules 13 and 29).
    pub fn taught_hash(&self) -> String {
        let names = self.names_taken_back_mark();
        hash::of(self.fact_texts().into_iter().chain(names.as_deref()))
    }

    /// Another one after each name that was taken back; `None` before the first.
    pub fn names_taken_back_mark(&self) -> Option<String> {
        (self.names_taken_back > 0).then(|| format!("\nnames taken back: {}", self.names_taken_back))
    }
}

fn same_text(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

impl Fact {
    /// A fact with its text cleaned.
    ///
    /// # Errors
    /// [`PersonError::Blank`] or [`PersonError::TooLong`].
    pub fn new(text: &str, taught_by: Option<UserId>, taught_at: Timestamp) -> Result<Self, PersonError> {
        Ok(Self { text: cleaned(text, MAX_FACT_CHARS)?, taught_by, taught_at })
    }
}

/// Without facts and names: they never reach a log or an error (DESIGN rule 21).
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("facts", &self.facts.len())
            .field("facts_revision", &self.facts_revision)
            .field("names", &self.names.len())
            .field("opted_out", &self.opted_out)
            .field("opted_in", &self.opted_in)
            .finish_non_exhaustive()
    }
}

/// Without the text (DESIGN rule 21).
impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fact").field("taught_at", &self.taught_at).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(text: &str) -> Fact {
        Fact::new(text, None, Timestamp::UNIX_EPOCH).unwrap()
    }

    fn id(n: u128) -> FactId {
        FactId::new(Timestamp::UNIX_EPOCH, n)
    }

    #[test]
    fn the_same_text_twice_is_one_fact() {
        let mut person = Person::default();
        assert_eq!(person.remember(id(1), fact("Likes tea")), Ok((id(1), true)));
        assert_eq!(person.remember(id(2), fact("  likes \n TEA ")), Ok((id(1), false)));
        assert_eq!(person.fact_texts(), ["Likes tea"]);
    }

    #[test]
    fn the_limits_are_said() {
        let error = Fact::new(&"é".repeat(501), None, Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!(error.to_string(), "text: must not be longer than 500 characters, but has 501");
        assert!(Fact::new(&"é".repeat(500), None, Timestamp::UNIX_EPOCH).is_ok());
        assert_eq!(Fact::new(" \n", None, Timestamp::UNIX_EPOCH).unwrap_err(), PersonError::Blank);

        let mut person = Person::default();
        for n in 0..50 {
            person.remember(id(n), fact(&format!("fact {n}"))).unwrap();
        }
        assert_eq!(person.remember(id(50), fact("one more")), Err(PersonError::TooManyFacts));
        assert_eq!(person.remember(id(50), fact("fact 7")), Ok((id(7), false)));
    }

    #[test]
    fn the_current_name_is_not_another_name() {
        let person = Person {
            called: KnownNames::of_account("Ann", "1".parse().unwrap()),
            names: ["Ann".into(), "Annika".into()].into(),
            aliases: [("Annie".into(), Alias::default())].into(),
            ..Person::default()
        };
        assert_eq!(person.also_known_as(), ["Annie", "Annika"]);
    }
}
