//! What any table can be asked: reads, errors, and writes that meet others.

pub(crate) mod batch_get;
pub(crate) mod contention;
pub(crate) mod errors;
