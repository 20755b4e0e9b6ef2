//! What is known about people, and what is merged from it.

pub(crate) mod memory;
mod person;
mod window;
