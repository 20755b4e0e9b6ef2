//! What becomes of one message.

use crate::domain::{Message, MessageId};

/// What becomes of one message.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Store(Message),
    /// It is there, and this is a later edit.
    Update(Message),
    /// It is there, and without people who became nobody it stays there; what was told of it is purged as by a deletion.
    Redact(Message),
    /// It is there, and is replaced by a tombstone.
    Delete(MessageId),
    /// It is not there: only the tombstone is written, so that a late copy stays out. While messages of the day cannot have
    /// expired yet, it never was there, no summary can hold its words, and the ledger is left alone.
    WriteTombstone(MessageId),
}

impl Change {
    /// The message it is about.
    pub fn id(&self) -> MessageId {
        match self {
            Self::Store(message) | Self::Update(message) | Self::Redact(message) => message.id,
            Self::Delete(id) | Self::WriteTombstone(id) => *id,
        }
    }

    /// Whether it takes words away that may have been told.
    pub fn takes_away(&self) -> bool {
        matches!(self, Self::Delete(_) | Self::Redact(_))
    }

    /// About how many bytes it takes in a request.
    pub fn bytes(&self) -> usize {
        const KEYS_AND_NAMES: usize = 400;
        let (Self::Store(message) | Self::Update(message) | Self::Redact(message)) = self else {
            return KEYS_AND_NAMES;
        };
        let mentions: usize = message.body.mentions.iter().map(|mention| mention.name.len() + 64).sum();
        let attachments: usize = message.body.attachments.iter().map(|text| text.len() + 16).sum();
        KEYS_AND_NAMES + message.author.name.len() + message.body.content.len() + mentions + attachments
    }
}
