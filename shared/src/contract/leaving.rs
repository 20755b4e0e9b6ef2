//! `people`: what is not about one person alone.

use serde::Serialize;
use serde_json::Value;

use super::PeopleResponse;

/// Which request of `people` an event is, by its `op`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeopleCall {
    /// It is about one person.
    AboutOne,
    /// It ends what is kept of everybody who left long enough ago.
    EraseDue,
}

impl PeopleCall {
    /// What is not known is taken for one about a person: then it is said what is wrong with it.
    pub fn of(event: &Value) -> Self {
        match event["op"].as_str() {
            Some("erase_due") => Self::EraseDue,
            _ => Self::AboutOne,
        }
    }
}

/// What `people` answers.
#[derive(Serialize)]
#[serde(untagged)]
pub enum PeopleAnswer {
    /// About one person.
    OfOne(PeopleResponse),
    /// Of who left.
    Ended(EndedReport),
}

/// What a run ended of what was kept of who left.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EndedReport {
    /// Members that were erased.
    pub members: usize,
    /// Nobody is left whose time is over.
    pub complete: bool,
}
