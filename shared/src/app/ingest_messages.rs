//! Takes in messages and deletions, in any order, any number of times.

mod authors;
mod deps;
mod incoming;
mod limits;
mod outcome;
mod transactions;
mod writer;

pub use deps::{Deps, IngestMemory};
pub(super) use outcome::BatchOutcome;
pub(super) use writer::{Batch, BatchWriter};

use super::AppError;
use crate::{
    contract::{IngestReport, IngestRequest, Rejected, Skipped},
    ports::{Clock, WriteMessages},
};
use incoming::Incoming;

/// Messages and deletions a call can have.
pub const MAX_MESSAGES: usize = 5_000;

/// Stores what `request` brings, as far as the guild's settings let it.
///
/// # Errors
/// `InvalidRequest` for too many messages; `StoreUnavailable`, `Throttled` or `Internal` when the store did not take all
/// of it. Then the same request can be sent again.
pub async fn ingest_messages<M, W, C>(deps: &Deps<M, W, C>, request: IngestRequest) -> Result<IngestReport, AppError>
where
    M: IngestMemory,
    W: WriteMessages,
    C: Clock,
{
    let Deps { memory, messages, clock, retention } = deps;
    check_size(&request)?;
    let (guild, now) = (request.guild_id, clock.now());
    let settings = memory.settings(guild).await?;
    let Incoming { batch, skipped, rejected } = Incoming::read(request, &settings, now);
    let (kept_days, least_days) = (settings.kept_days(*retention), retention.least);
    let writer = BatchWriter { memory, messages, guild, now, kept_days, least_days };
    let outcome = writer.apply_batch(batch).await?;
    Ok(report(skipped, rejected, outcome))
}

fn check_size(request: &IngestRequest) -> Result<(), AppError> {
    match request.messages.len() + request.deleted.len() {
        0..=MAX_MESSAGES => Ok(()),
        total => Err(AppError::invalid(format!(
            "messages: at most {MAX_MESSAGES} messages and deletions in a call, but there are {total}"
        ))),
    }
}

/// What was left out at first sight, and what became of the rest.
fn report(skipped: Skipped, rejected: Vec<Rejected>, outcome: BatchOutcome) -> IngestReport {
    let untouched = outcome.untouched;
    IngestReport {
        stored: outcome.stored,
        updated: outcome.updated,
        unchanged: untouched.unchanged,
        deleted: outcome.deleted,
        skipped: Skipped {
            empty: skipped.empty + untouched.blank,
            opted_out: outcome.opted_out,
            deleted: untouched.deleted_before,
            ..skipped
        },
        rejected,
        days_changed: outcome.days_changed,
    }
}

#[cfg(test)]
mod tests;
