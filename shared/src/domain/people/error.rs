//! What cannot be taught.

use super::limits::{MAX_ALIASES, MAX_FACTS};

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
