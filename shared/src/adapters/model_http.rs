//! What all model APIs have in common: HTTP, and a careful reading of what comes back.

mod exchange;
mod finish;
mod lenient;
mod outcome;
mod refusals;
mod thoughts;
mod unavailable;
mod values;

pub(super) use exchange::{CONNECT_TIMEOUT, RawAnswer, TimedClient, client, exchange, open};
pub(super) use finish::ending;
pub(super) use lenient::{lenient, lenient_list};
pub(super) use outcome::{Answered, response};
pub(super) use refusals::{Said, refusal, refusal_as};
pub(super) use thoughts::without_thoughts;
pub(super) use unavailable::unavailable;
pub(super) use values::known_word;

#[cfg(test)]
mod bodies;
#[cfg(test)]
pub(super) use bodies::{answer, hostile_bodies};
