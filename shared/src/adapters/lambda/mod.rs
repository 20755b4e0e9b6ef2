//! Lambda: invoking other functions, the time that is left, how an error leaves one, and the trace of a request.

mod event;
mod function;
mod invocations;
mod runtime;
mod serve;
#[cfg(test)]
mod tests;

pub use event::Event;
pub use function::{CALL_TIMEOUT, Function};
pub use invocations::{AnswerFunctions, Functions, GetMemories, People, Respond, Sweeper};
pub use runtime::remaining;
pub use serve::{forget, in_span, run, span, span_of_http};
