//! What is known about people, and what is merged from it.

mod hand_over;
pub(super) mod memory;
mod names;
mod person;
mod teach;
mod window;
