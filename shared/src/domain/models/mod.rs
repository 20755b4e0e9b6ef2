//! Models: what may be spent on them, when their quotas begin anew, and what was used.

mod budget;
pub mod quota;
mod usage;

pub use budget::{Allowance, Budget, Priority};
pub use usage::Usage;
