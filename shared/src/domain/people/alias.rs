//! The names people are known by, besides the one they have.

use jiff::Timestamp;

use super::cleaned::folded_name;
use crate::domain::UserId;

/// Who taught another name of somebody, and when. Neither is known of names that were taught before that was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Alias {
    /// Who taught it, if they said so.
    pub taught_by: Option<UserId>,
    /// When they did.
    pub taught_at: Option<Timestamp>,
}

/// Whether two names are the same to who reads them.
pub fn is_same_name(one: &str, other: &str) -> bool {
    folded_name(one) == folded_name(other)
}
