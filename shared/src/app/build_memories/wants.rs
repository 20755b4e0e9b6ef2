//! How memories are wanted.

use crate::{
    contract::Models,
    domain::{Priority, Today},
};

/// How memories are wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wants {
    /// How soon.
    pub(super) priority: Priority,
    /// Whether a model may merge them.
    pub(super) models: Models,
    /// What becomes of days that still change.
    pub(super) today: Today,
}
