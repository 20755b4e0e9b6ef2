//! What is known about people, and what is merged from it.

mod asked_for;
mod erase;
pub(super) mod memory;
mod names;
mod person;
mod teach;
mod tell;
mod window;
