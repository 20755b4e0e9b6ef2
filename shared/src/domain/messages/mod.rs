//! What people wrote: messages, the ledger of a guild-day, what a batch changes, and how far a channel was read.

pub mod batch;
mod cursor;
mod ledger;
mod message;
mod shown;

pub use cursor::{Cursor, RECONCILED, Reconciliation};
pub use ledger::Ledger;
pub use message::{Author, Mention, Message, MessageBody, StoredMessage};
pub use shown::{ShownPart, with_parts};
