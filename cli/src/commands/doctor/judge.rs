//! What is wrong, by what was said: without asking anybody.

pub(super) mod application;
pub(super) mod commands;
pub(super) mod functions;
pub(super) mod guild;
pub(super) mod models;
pub(super) mod tables;

/// The page of this project that says how something is set right, for people.
pub(super) fn page(name: &str) -> String {
    format!("docs/{name}.md")
}
