//! What people asked to be remembered about a person, and the names the person is known by.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{MessageId, UserId};

/// Facts a person can have.
pub const MAX_FACTS: usize = 50;
/// Characters a fact can have.
pub const MAX_FACT_CHARS: usize = 500;
/// Aliases a person can be taught.
pub const MAX_ALIASES: usize = 20;
/// Names a person was seen under that are kept.
pub const MAX_NAMES: usize = 20;
/// Characters a name or an alias can have.
pub const MAX_NAME_CHARS: usize = 100;

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
    /// Counts the changes of the facts, so that no two writers overwrite each other.
    pub facts_revision: u64,
    /// The name they were last seen under, and the message they had it in.
    pub last_name: Option<(String, MessageId)>,
    /// Every name they were seen under.
    pub names: BTreeSet<String>,
    /// Names people taught.
    pub aliases: BTreeSet<String>,
    /// Nothing is stored, sent to a model or answered (DESIGN rule 20).
    pub opted_out: bool,
}

/// A change of a person that cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonError {
    /// Blank after cleaning.
    #[error("text: must not be blank")]
    Blank,
    /// Longer than allowed.
    #[error("text: must not be longer than {limit} characters, but has {length}")]
    TooLong {
        /// Characters allowed.
        limit: usize,
        /// Characters given.
        length: usize,
    },
    /// Another fact does not fit.
    #[error("text: this person already has {MAX_FACTS} facts, the most there can be; forget one first")]
    TooManyFacts,
    /// Another alias does not fit.
    #[error("text: this person already has {MAX_ALIASES} aliases, the most there can be")]
    TooManyAliases,
    /// Not the id of any fact.
    #[error("fact_id: not the id of a fact (26 letters and digits, as `remember` and `facts` give it)")]
    InvalidFactId,
}

impl Person {
    /// The facts' texts, oldest first.
    pub fn fact_texts(&self) -> Vec<&str> {
        self.facts.values().map(|fact| fact.text.as_str()).collect()
    }

    /// The name to call them by.
    pub fn name(&self) -> Option<&str> {
        self.last_name.as_ref().map(|(name, _)| name.as_str())
    }

    /// Every other name they are known by: those they were taught under first.
    pub fn also_known_as(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.aliases.iter().map(String::as_str).collect();
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
}

/// The text of a fact, a name or an alias as it is kept: surrounding and repeated white space removed.
///
/// # Errors
/// [`PersonError::Blank`] or [`PersonError::TooLong`].
pub(crate) fn cleaned(text: &str, limit: usize) -> Result<String, PersonError> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0 => Err(PersonError::Blank),
        length if length > limit => Err(PersonError::TooLong { limit, length }),
        _ => Ok(text),
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
            last_name: Some(("Ann".into(), "1".parse().unwrap())),
            names: ["Ann".into(), "Annika".into()].into(),
            aliases: ["Annie".into()].into(),
            ..Person::default()
        };
        assert_eq!(person.also_known_as(), ["Annie", "Annika"]);
    }
}
