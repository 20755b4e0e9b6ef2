//! Who is answered by a model, and who waits for it. One item, replaced on condition that it is as it was read:
//!
//! ```text
//! caller A   read revision 4 ── its turn: put revision 5 ─────────── the model answers ── read 6, leave: put 7
//! caller B   read revision 4 ── its turn: put 5: refused ── read 5 ── waits: put 6 ── read … read 7: its turn
//! ```

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{
    adapters::dynamodb::{
        attributes::{decode_rebuildable, encode, number},
        keys::Key,
        table::Write,
        tables::MemoryTable,
        time::{EpochMillis, EpochSeconds},
    },
    domain::{LeaseOwner, Line, Place},
    ports::{KeepLines, StoreError},
};

/// How long an item stays after the last place in it ran out.
const AFTERLIFE: SignedDuration = SignedDuration::from_hours(1);

impl KeepLines for MemoryTable {
    async fn line(&self, model: &str) -> Result<Line, StoreError> {
        let key = Key::line(model);
        let item: Option<LineItem> = self.table.get(&key).await?.and_then(|item| decode_rebuildable(&key, item));
        Ok(item.map(Line::from).unwrap_or_default())
    }

    async fn keep_line(&self, model: &str, line: &Line) -> Result<(), StoreError> {
        let key = Key::line(model);
        let put = Write::put(encode(&key, LineItem::next_of(line))?);
        let put = match line.revision {
            0 => put.only_if("attribute_not_exists(revision)"),
            seen => put.only_if("revision = :seen").value(":seen", number(seen)),
        };
        self.table.replace::<LineItem>(&key, put).await
    }
}

/// The places in a line.
#[derive(Serialize, Deserialize)]
struct LineItem {
    revision: u64,
    places: Vec<PlaceItem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<EpochSeconds>,
}

/// A place in it.
#[derive(Serialize, Deserialize)]
struct PlaceItem {
    lease_owner: LeaseOwner,
    lease_until: EpochMillis,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    has_turn: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    background: bool,
}

impl LineItem {
    /// What replaces the line that was read.
    fn next_of(line: &Line) -> Self {
        let place = |place: &Place| PlaceItem {
            lease_owner: place.owner.clone(),
            lease_until: place.until.into(),
            has_turn: place.has_turn,
            background: place.is_background,
        };
        Self {
            revision: line.revision.saturating_add(1),
            places: line.places.iter().map(place).collect(),
            expires_at: line.end().map(|end| EpochSeconds::after(end, AFTERLIFE)),
        }
    }
}

impl From<LineItem> for Line {
    fn from(item: LineItem) -> Self {
        let place = |place: PlaceItem| Place {
            owner: place.lease_owner,
            is_background: place.background,
            has_turn: place.has_turn,
            until: place.lease_until.into(),
        };
        Self { places: item.places.into_iter().map(place).collect(), revision: item.revision }
    }
}
