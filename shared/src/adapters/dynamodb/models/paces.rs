//! How fast models write. What answers that end at the same moment have shown is put by the last of them: one that is lost is
//! one of many.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    adapters::dynamodb::{
        attributes::{decode_rebuildable, encode},
        keys::Key,
        table::Write,
        tables::MemoryTable,
        time::EpochSeconds,
    },
    domain::{Answers, Pace},
    ports::{KeepPaces, StoreError},
};

/// How long an item stays that nothing is added to.
const LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

impl KeepPaces for MemoryTable {
    async fn pace(&self, model: &str) -> Result<Pace, StoreError> {
        let key = Key::pace(model);
        let item: Option<PaceItem> = self.table.get(&key).await?.and_then(|item| decode_rebuildable(&key, item));
        Ok(item.map(Pace::from).unwrap_or_default())
    }

    async fn keep_pace(&self, model: &str, pace: &Pace, now: Timestamp) -> Result<(), StoreError> {
        let item = PaceItem {
            in_force: pace.in_force.into(),
            recent: pace.recent.into(),
            expires_at: EpochSeconds::after(now, LIFE),
        };
        self.table.write(Write::put(encode(&Key::pace(model), item)?)).await
    }
}

/// What questions are cut by, and what was seen lately.
#[derive(Serialize, Deserialize)]
struct PaceItem {
    in_force: AnswersItem,
    recent: AnswersItem,
    expires_at: EpochSeconds,
}

/// What answers took.
#[derive(Serialize, Deserialize)]
struct AnswersItem {
    members: u64,
    tokens: u64,
    millis: u64,
}

impl From<PaceItem> for Pace {
    fn from(item: PaceItem) -> Self {
        Self { in_force: item.in_force.into(), recent: item.recent.into() }
    }
}

impl From<AnswersItem> for Answers {
    fn from(AnswersItem { members, tokens, millis }: AnswersItem) -> Self {
        Self { members, tokens, millis }
    }
}

impl From<Answers> for AnswersItem {
    fn from(Answers { members, tokens, millis }: Answers) -> Self {
        Self { members, tokens, millis }
    }
}
