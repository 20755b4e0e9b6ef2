//! What the functions tell about where their time went: a collector of OpenTelemetry's that keeps the last traces.
//!
//! ```text
//! get_memories ──┐
//! daily_summary ─┼─▶ POST /otlp/v1/traces ─▶ kept, by trace ─▶ GET /otlp/traces?last=N ─▶ guild-memory trace --local
//! daily_summary ─┘    each when it has ended                 └▶ the end of `make demo`, and the page
//! ```

mod kept;
mod receiver;

pub use kept::{RequestTrace, Traces};
pub(crate) use receiver::routes;
