//! What all model APIs have in common: HTTP, and a careful reading of what comes back.

mod exchange;
mod lenient;
mod outcome;
mod values;

pub(super) use exchange::{RawAnswer, client, exchange};
pub(super) use lenient::{lenient, lenient_list};
pub(super) use outcome::{is_passing, refused, response, unavailable};
pub(super) use values::{duration, known_word, retry_after};

#[cfg(test)]
mod bodies;
#[cfg(test)]
pub(super) use bodies::{answer, hostile_bodies};
