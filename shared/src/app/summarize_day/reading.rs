//! Reads the messages of a day as they were at one version of its ledger.
//!
//! A transaction changes messages and ledger together, but who reads them one after the other can come in between: DynamoDB
//! shows each item as it was committed, and not all of them at one moment (ADR 12). So what was read is compared with the
//! ledger, by number and by fingerprint, and read again where it is not the same.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{
    deps::{Deps, SummarizeMemory},
    transcript::messages,
};
use crate::{
    contract::DayRequest,
    domain::{Ledger, Message},
    ports::{ReadMessages, StoreError},
};

/// How often messages are read before it is concluded from them that they are not those of the ledger. A transaction is seen
/// whole after milliseconds.
const MAX_READS: u32 = 6;
/// The wait before the second read; it doubles, to 0.6 s in all.
const FIRST_WAIT: Duration = Duration::from_millis(20);
/// No message expires earlier after its day began: the shortest window is two days.
const NOTHING_EXPIRED: SignedDuration = SignedDuration::from_hours(3 * 24);

/// What was read.
pub(super) enum Reading {
    /// All messages of that version, and no others.
    Whole(Vec<Message>),
    /// The ledger has another version by now.
    Moved,
    /// Some have expired.
    Expired,
    /// The ledger and the messages do not fit together.
    Torn,
}

/// The messages of that version of the ledger.
pub(super) async fn read_whole<S: SummarizeMemory, R: ReadMessages, M, C>(
    deps: &Deps<S, R, M, C>,
    request: &DayRequest,
    ledger: Ledger,
    read_at: Timestamp,
) -> Result<Reading, StoreError> {
    let mut fewer = false;
    for attempt in 0..MAX_READS {
        let read = messages(deps, request, ledger.version, read_at).await?;
        if ledger.is_of(&read) {
            return Ok(Reading::Whole(read));
        }
        fewer = (read.len() as u64) < ledger.message_count;
        let (guild, day) = (request.guild_id, request.date);
        let now = deps.memory.day_ledgers(guild, &[day]).await.remove(&day).transpose()?.unwrap_or_default();
        if now.ledger.is_none_or(|now| now.version != ledger.version) {
            return Ok(Reading::Moved);
        }
        tokio::time::sleep(FIRST_WAIT.saturating_mul(1 << attempt)).await;
    }
    let may_have_expired = read_at.duration_since(request.date.start()) >= NOTHING_EXPIRED;
    Ok(if fewer && may_have_expired { Reading::Expired } else { Reading::Torn })
}
