//! What goes wrong, over a real DynamoDB client: whatever dies, stalls, or comes late, everything is paid once, and no word
//! that was deleted comes back. The use cases run in this process, so that a test decides about time and about who dies when.

mod accounts;
mod builds;
mod convoys;
mod deletions;
mod erased_meanwhile;
mod erasures;
mod large;
mod memories;
mod refresh;
mod torn;
mod unreadable;
mod wipes;
mod world;

pub(crate) use world::quote;
