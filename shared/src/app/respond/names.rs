//! The names of people, for where Discord does not show them.

use std::collections::{BTreeMap, HashMap};

use crate::domain::{Person, UserId, inline};

/// The names of those who have one and are not left out, as text that cannot leave its line.
pub(super) fn names(people: &HashMap<UserId, Person>) -> BTreeMap<UserId, String> {
    let shown = |name: &str| inline(name);
    let known = people.iter().filter(|(_, person)| !person.is_left_out());
    known.filter_map(|(user, person)| Some((*user, shown(person.name()?)))).collect()
}
