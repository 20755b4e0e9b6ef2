//! Final summaries that a process has read, so that it reads them once (DESIGN rule 7).
//!
//! ```text
//! commit     put SUMMARY (attempt b) ── LEDGER committed b
//! reader     read LEDGER: committed b ── what is kept of attempt b is what is committed
//!                        committed c ── read SUMMARY
//! ```
//!
//! What is kept is never asked whether it is good: the ledger is, at each request. A deletion moves the ledger's versions,
//! by which a summary from before is judged, kept or read.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use super::summary::SummaryItem;
use crate::adapters::dynamodb::keys::Key;

/// Bytes of texts that a process keeps.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// The summaries that a process keeps; of too many, those that were used last.
#[derive(Default)]
pub(crate) struct KeptSummaries(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    summaries: HashMap<Key, (Arc<SummaryItem>, u64)>,
    bytes: usize,
    /// Counts up with every use.
    uses: u64,
}

impl KeptSummaries {
    /// What is kept under that key, of whichever commit.
    pub(crate) fn get(&self, key: &Key) -> Option<Arc<SummaryItem>> {
        let kept = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let (summary, used) = kept.summaries.get_mut(key)?;
        *used = kept.uses;
        Some(summary.clone())
    }

    /// Keeps it no longer: another was committed, or something of it was deleted.
    pub(crate) fn forget(&self, key: &Key) {
        let kept = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes -= kept.summaries.remove(key).map_or(0, |(summary, _)| summary.text_bytes());
    }

    /// Keeps a summary, in place of another of its day.
    pub(crate) fn put(&self, key: Key, summary: Arc<SummaryItem>) {
        let kept = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        kept.bytes += summary.text_bytes();
        if let Some((before, _)) = kept.summaries.insert(key, (summary, kept.uses)) {
            kept.bytes -= before.text_bytes();
        }
        while kept.bytes > MAX_BYTES {
            let Some(oldest) = kept.summaries.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| key.clone())
            else {
                return;
            };
            kept.bytes -= kept.summaries.remove(&oldest).map_or(0, |(summary, _)| summary.text_bytes());
        }
    }
}

/// Without texts (DESIGN rule 21).
impl fmt::Debug for KeptSummaries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptSummaries").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;
    use crate::domain::{DaySummary, SummaryStatus, Usage};

    fn key(date: &str) -> Key {
        Key::summary("1".parse().unwrap(), date.parse().unwrap())
    }

    fn summary(bytes: usize) -> Arc<SummaryItem> {
        let texts: BTreeMap<_, _> = [("10".parse().unwrap(), "x".repeat(bytes))].into();
        let summary = DaySummary {
            texts: texts.clone(),
            status: SummaryStatus::Built,
            version: 1,
            built_at: Timestamp::UNIX_EPOCH,
            expires_at: None,
            model: String::new(),
            prompt_hash: String::new(),
            usage: Usage::default(),
            blocked_messages: 0,
        };
        Arc::new(SummaryItem::new(&summary, texts, None, ("attempt", None)))
    }

    #[test]
    fn rule_7_no_more_is_kept_than_has_room_and_what_was_used_last_stays() {
        let kept = KeptSummaries::default();
        let third = MAX_BYTES / 3;
        for date in ["2026-11-20", "2026-11-21"] {
            kept.put(key(date), summary(third));
        }
        kept.get(&key("2026-11-20"));
        kept.put(key("2026-11-22"), summary(third));
        assert!(kept.get(&key("2026-11-21")).is_none(), "it was used the longest ago");
        assert!(kept.get(&key("2026-11-20")).is_some() && kept.get(&key("2026-11-22")).is_some());
        (0..100).for_each(|_| kept.put(key("2026-11-22"), summary(third)));
        assert!(kept.get(&key("2026-11-20")).is_some(), "a day is kept once");
        kept.put(key("2026-11-23"), summary(2 * MAX_BYTES));
        assert!(kept.get(&key("2026-11-23")).is_none());
    }
}
