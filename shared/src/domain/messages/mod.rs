//! What people wrote: messages, the ledger of a guild-day, what a batch changes, and how far a channel was read.

mod authors;
pub mod batch;
mod cursor;
mod ledger;
mod limits;
mod message;
mod redact;

pub use authors::Authors;
pub use cursor::{Cursor, RECONCILED, Reconciliation};
pub use ledger::{Ledger, Told};
pub use limits::{MAX_ATTACHMENT_CHARS, MAX_ATTACHMENTS, MAX_CONTENT_CHARS, MAX_MENTIONS, cut};
pub use message::{Author, Mention, Message, MessageBody, StoredMessage};
