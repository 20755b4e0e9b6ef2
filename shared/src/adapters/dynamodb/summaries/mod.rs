//! Guild-days: summaries, their parts and chunks, and what a deletion takes along.

mod chunks;
mod days;
mod parts;
mod purge;
mod summary;
