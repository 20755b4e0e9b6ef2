//! Lambda: invoking other functions, the time that is left, and how an error leaves one.

mod event;
mod function;
mod invocations;
mod runtime;
#[cfg(test)]
mod tests;

pub use event::Event;
pub use function::{CALL_TIMEOUT, Function};
pub use invocations::{AnswerFunctions, Functions, GetMemories, People, Respond, Sweeper};
pub use runtime::remaining;
