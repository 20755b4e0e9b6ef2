//! Guild-days: summaries, their parts and chunks, and what a deletion takes along.

mod chunks;
mod commit;
mod fence;
mod parts;
mod purge;
mod record;
mod summary;
