//! What comes out of a file, piece by piece.

use serde::{Deserialize, Serialize};

use super::message::{Outgoing, Skip};

/// What comes next in a file.
pub(super) enum Item {
    /// Something to send.
    Outgoing(Outgoing),
    /// A message that is left out.
    Skipped(Skip),
    /// A message that cannot be read: where it is, and what is wrong with it.
    Rejected(String, String),
    /// The end of the file, as it should be.
    End,
    /// The end of a file that was cut off.
    Cut,
}

impl Item {
    /// What is sent, or why it cannot be.
    pub(super) fn sent<E: std::fmt::Display>(outgoing: Result<Outgoing, E>, place: String) -> Self {
        outgoing.map_or_else(|error| Self::Rejected(place, error.to_string()), Self::Outgoing)
    }

    /// A message of nobody knows which guild.
    pub(super) fn without_guild(place: String) -> Self {
        Self::Rejected(place, "it does not say its guild_id: name one with --guild".to_owned())
    }
}

/// A place in a file, in bytes of its text and in messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) position: u64,
    pub(super) seen: u64,
}
