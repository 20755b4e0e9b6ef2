//! Models: what may be spent on them, who is being answered, how fast they write, when their quotas begin anew, when to ask
//! again, what was used, and who reads what people wrote.

mod budget;
mod cooldown;
mod handling;
mod limits;
mod line;
mod pace;
pub mod quota;
mod retry_after;
mod usage;

pub use budget::{Allowance, Budget, Priority};
pub use cooldown::{Cooldown, LONGEST_COOLDOWN};
pub use handling::{DataHandling, ModelReader};
pub use limits::Limits;
pub use line::{Line, Place, Standing};
pub use pace::{Answers, Pace};
pub use retry_after::RetryAfter;
pub use usage::Usage;
