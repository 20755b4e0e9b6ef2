//! Discord's REST API, version 10.
//!
//! Every call goes through [`Discord`]: it waits out rate limits and failures of Discord's as long as its patience lasts,
//! and says in [`DiscordError`](crate::ports::DiscordError) what it could not get past. Private types decode what Discord sends, leniently: a field
//! that is new, missing or odd is no error unless nothing can be done without it.

mod application;
mod client;
mod commands;
mod errors;
mod guilds;
mod history;
mod members;
mod message;
mod rate_limits;
mod replies;
mod something_else;

pub use application::Application;
pub use client::{DEFAULT_BASE_URL, Discord};
pub use guilds::{Membership, channel_of, role_of, roles_of};
pub use replies::Replies;

#[cfg(test)]
mod tests;
