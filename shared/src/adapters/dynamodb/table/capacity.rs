//! What DynamoDB says that a request took of what is paid for: a read unit is 4 KB read consistently, a write unit 1 KB
//! written, and in a transaction each counts twice. Of a write whose condition did not hold it says nothing, and charges it.

use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};

/// What every request asks for: the sum, a number of some bytes.
pub(super) const TOTAL: ReturnConsumedCapacity = ReturnConsumedCapacity::Total;

/// Notes what a read took.
pub(super) fn note_read<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
    tracing::trace!(event = "capacity_used", read_units = units(consumed), write_units = 0.0);
}

/// Notes what a write took.
pub(super) fn note_write<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
    tracing::trace!(event = "capacity_used", read_units = 0.0, write_units = units(consumed));
}

fn units<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) -> f64 {
    consumed.into_iter().filter_map(ConsumedCapacity::capacity_units).sum()
}
