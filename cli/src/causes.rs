//! Errors as one line.

use std::error::Error;

/// What the error says, and the errors below it. What is said twice in a row is said once.
pub(crate) fn causes(error: &dyn Error) -> String {
    let mut said = vec![error.to_string()];
    let mut below = error.source();
    while let Some(error) = below {
        said.push(error.to_string());
        below = error.source();
    }
    said.dedup();
    said.join(": ")
}

/// The error at the bottom: what really happened.
pub(crate) fn first_cause(error: &dyn Error) -> String {
    let mut error = error;
    while let Some(below) = error.source() {
        error = below;
    }
    error.to_string()
}
