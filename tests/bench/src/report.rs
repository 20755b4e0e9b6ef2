//! What was measured, compared with what is promised.

mod markdown;
mod must_reach;
mod paces;
mod promises;
mod results;
mod tables;

use serde::Serialize;

pub use markdown::Table;
pub use promises::Promise;
pub use results::{Machine, Results};

/// What is written to a file: the measurements and the promises.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    /// What was promised, and whether it is kept.
    pub promises: Vec<Promise>,
    /// The same of what nobody is to wait for.
    pub must_reach: Vec<Promise>,
    /// The measurements.
    #[serde(flatten)]
    pub results: &'a Results,
}
