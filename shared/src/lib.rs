//! The memory of Discord communities: the facts people asked a bot to remember, merged with what they did in the last
//! seven days.
//!
//! ```text
//! functions ──▶ app ──▶ domain
//!                └────▶ ports ◀── adapters
//! ```
//!
//! [`domain`] decides and is pure, [`app`] holds the use cases, [`ports`] says what they need from the world, and
//! [`adapters`] bring it. [`contract`] is what the functions are asked and answer; [`discord`] translates what Discord sends
//! and what it is sent. Only a function's `main.rs` knows both sides. The rules are numbered in `docs/DESIGN.md`.

pub mod adapters;
pub mod app;
pub mod config;
pub mod contract;
pub mod discord;
pub mod domain;
mod phrases;
pub mod ports;
pub mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
