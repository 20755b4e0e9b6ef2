//! What one person gets.

use crate::{
    contract::Failure,
    domain::{Person, Source, UserId},
    ports::PersonRecord,
};

/// What one person gets.
pub(super) struct PersonMemory {
    pub(super) user: UserId,
    /// Who that is, where it may be said.
    pub(super) person: Option<Person>,
    pub(super) text: Option<String>,
    pub(super) source: Source,
    pub(super) failure: Option<Failure>,
    /// The merge was not ready in time.
    pub(super) is_late: bool,
}

impl PersonMemory {
    pub(super) fn nothing(user: UserId) -> Self {
        Self { user, person: None, text: None, source: Source::None, failure: None, is_late: false }
    }

    pub(super) fn of(user: UserId, record: &PersonRecord, text: Option<String>, source: Source) -> Self {
        Self { person: Some(record.person.clone()), text, source, ..Self::nothing(user) }
    }
}
