//! What people wrote: messages, the ledger of a guild-day, and how far channels were read.

mod cursors;
mod item;
pub(super) mod ledger;
mod read;
mod write;
