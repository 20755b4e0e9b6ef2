//! Guild-days: summaries, their parts and chunks, and what a deletion takes along.

mod chunks;
mod commit;
mod erase;
mod fence;
pub(super) mod kept;
mod parts;
mod purge;
pub(super) mod record;
pub(super) mod summary;
