//! Reads the code of all crates, so that what the documents say about it is checked or written by a program.
//!
//! [`Sources`] are all files as text, a [`Workspace`] is their modules, and a [`FileGraph`] says which file names items of
//! which other. Upon these stand what is asked of the code ([`circles`], [`rooms`], [`purity`], [`ports`], [`variables`],
//! [`events`]), and what is written from the answers ([`pages`]).

mod docs;
mod graph;
mod modules;
mod names;
mod packages;
mod paths;
mod project;
mod references;
mod sources;
mod template;
mod test_code;

pub mod circles;
pub mod events;
pub mod literals;
pub mod ports;
pub mod purity;
pub mod rooms;
pub mod variables;

mod markdown;
pub mod pages;
mod picture;
mod svg;
mod tables;

pub use graph::FileGraph;
pub use modules::Workspace;
pub use project::Project;
pub use sources::{Sources, root};
pub use template::{Function, Statement, Template};
