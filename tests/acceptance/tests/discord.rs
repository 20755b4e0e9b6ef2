//! Discord's side: from a signed request to what people read. Discord's stand-in refuses whatever is beyond its limits.

pub(crate) mod asking;
mod audience;
mod commands;
mod consent;
mod endpoint;
mod failures;
mod first_words;
mod own_memory;
mod registering;
mod seeing;
mod verified;
mod wiping;
