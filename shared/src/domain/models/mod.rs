//! Models: what may be spent on them, when their quotas begin anew, when to ask again, and what was used.

mod budget;
mod cooldown;
mod limits;
pub mod quota;
mod retry_after;
mod usage;

pub use budget::{Allowance, Budget, Priority};
pub use cooldown::{Cooldown, LONGEST_COOLDOWN};
pub use limits::Limits;
pub use retry_after::RetryAfter;
pub use usage::Usage;
