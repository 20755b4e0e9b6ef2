//! What Discord gives back when a button is pressed: the custom id it was sent with.

use crate::domain::UserId;

/// What the id of the button begins with that takes a fact back; person and fact follow.
const UNDO: &str = "forget:";

/// The id of the button that takes a fact back.
pub(super) fn undo(person: UserId, fact: &str) -> String {
    format!("{UNDO}{person}:{fact}")
}

/// The person and the fact of a button that takes a fact back.
pub(super) fn read_undo(id: &str) -> Option<(UserId, &str)> {
    let (person, fact) = id.strip_prefix(UNDO)?.split_once(':')?;
    Some((person.parse().ok()?, fact))
}
