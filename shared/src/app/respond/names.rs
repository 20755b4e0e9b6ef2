//! The names of people, for where Discord does not show them.

use std::collections::{BTreeMap, HashMap};

use crate::domain::{Person, UserId};

/// The names of those who have one.
pub(super) fn names(people: &HashMap<UserId, Person>) -> BTreeMap<UserId, String> {
    people.iter().filter_map(|(user, person)| Some((*user, person.name()?.to_owned()))).collect()
}
