//! Why the store did not do it.

/// Why the store did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or has failed.
    #[error("the store cannot be reached or failed: {reason}")]
    Unavailable {
        /// What happened, without data.
        reason: String,
    },
    /// It has too much to do.
    #[error("the store is throttling requests")]
    Throttled,
    /// Somebody else changed it meanwhile; look again.
    #[error("the data changed meanwhile")]
    Conflict,
    /// It refuses for good: no permission, no such table, an item that is too large.
    #[error("the store refused: {reason}")]
    Refused {
        /// What happened, without data.
        reason: String,
    },
    /// What is there cannot be read.
    #[error("the item {item} cannot be read")]
    Corrupt {
        /// The item's kind and key, without its contents.
        item: String,
    },
}
