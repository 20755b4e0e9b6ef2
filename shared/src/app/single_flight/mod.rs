//! Makes something at most once at a time, and lets everybody else wait for it.

mod lease;
mod wait;

pub(in crate::app) use lease::{Attempt, Leases, Work};
pub(in crate::app) use wait::{Progress, Pursuit, pursue};
