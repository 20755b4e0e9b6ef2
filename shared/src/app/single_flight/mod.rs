//! Single flight: something is made by whoever comes first, and everybody else waits for it. Across all Lambdas, and for
//! days and memories alike:
//!
//! ```text
//! A  acquire ─ look again ─ make ─────────── renew ── renew ── commit and drop the lease
//! B     refused: held … look … look … look … look … look … sees A's commit: nothing to pay
//!
//! A  acquire ─ look again ─ make ── the model refuses ── drop the lease, record the failure
//! B     refused: held … look … look … look … look … look … sees it: fails as A did, does not repeat it
//!
//! A  acquire ─ look again ─ make ── dies, or stalls · · · · · · · · · · · · · commit: refused, the lease is B's
//! B     refused: held … look … look … the lease has run out ── acquire ─ look again ─ make ─ commit
//! ```
//!
//! One [`Outcome`] says how it stands, whoever makes it, and there is a half for each side:
//!
//! - Who makes something calls [`UnderLease::work`]. The work says with [`Work`] what becomes of the lease.
//! - Who wants things made, here or elsewhere, implements [`Builds`] and calls [`await_all`]: it tries to build each, looks
//!   in one request at all that others are building, and tries again where nobody is. [`Outcome::of_missing`] reads from a
//!   [`BuildState`](crate::domain::BuildState) how it stands with something that is not there.
//!
//! Who wants days summarized by `daily_summary` needs neither: see [`day_builds`](super::day_builds).

mod lease;
mod outcome;
mod wait;

pub(super) use lease::{UnderLease, Work};
pub(super) use outcome::Outcome;
pub(super) use wait::{Builds, await_all, await_each};
