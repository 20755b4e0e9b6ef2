//! The texts of a summary that is too large for one item.
//!
//! ```text
//! commit     put PART#b#0, PART#b#1 ──▶ put SUMMARY (generation b) ──▶ delete all other generations
//! reader                    read SUMMARY (generation a) ──▶ read PART#a#… ──▶ gone: read SUMMARY again (b) ──▶ PART#b#…
//! ```
//!
//! Each part is put in a transaction with the conditions of the commit, so that whoever lost the lease, or summarized words
//! that were deleted since, leaves nothing behind. A generation begins with the version it was made from: a purge takes all
//! from before it, and none that a faster builder has put meanwhile.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{
    fence::Fence,
    summary::{KEY_BYTES, Parts},
};
use crate::{
    adapters::dynamodb::{
        attributes::{decode_rebuildable, encode, key_of},
        keys::{self, Key},
        table::{Projection, Query},
        tables::MemoryTable,
        time::EpochSeconds,
    },
    domain::{Day, DaySummary, GuildId, UserId},
    ports::{StoreError, TextsOf},
};

/// Bytes of texts that stay in the summary: it is read whole, whoever is asked for.
const MAX_INLINE_BYTES: usize = 64 * 1024;
/// Bytes of texts in a part: DynamoDB charges for all of it, and sends only the texts that somebody asked for. Smaller parts
/// cost more transactions, larger ones more reads.
const MAX_PART_BYTES: usize = 32 * 1024;
/// People who fit into an expression of DynamoDB's; where more are asked for, all is sent.
const MAX_PROJECTED: usize = 200;
/// How long the parts of an open day's summary outlive it: longer than any window, since they stay when the summary is renewed
/// as final. Should nobody ever ask again, they go too.
const OPEN_PART_LIFE: SignedDuration = SignedDuration::from_hours(45 * 24);

type Texts = BTreeMap<UserId, String>;

/// One part of a large summary.
#[derive(Serialize, Deserialize)]
struct PartItem {
    #[serde(default)]
    texts: Texts,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<EpochSeconds>,
}

impl MemoryTable {
    /// The texts as they go into the summary itself; too many are put as parts first.
    pub(super) async fn place_texts(
        &self,
        fence: &Fence<'_>,
        summary: &DaySummary,
    ) -> Result<(Texts, Option<Parts>), StoreError> {
        if summary.texts.values().map(|text| text.len() + KEY_BYTES).sum::<usize>() <= MAX_INLINE_BYTES {
            return Ok((summary.texts.clone(), None));
        }
        let pieces = pieces(&summary.texts);
        let first_users = pieces.iter().filter_map(|texts| texts.keys().next().copied()).collect();
        let parts = Parts { generation: fence.generation(), count: pieces.len() as u32, first_users };
        let open_end = summary.expires_at.map(|end| EpochSeconds::after(end, OPEN_PART_LIFE));
        let last_end = self.summary_retention.end_of(fence.day).map(EpochSeconds::from);
        let expires_at = open_end.into_iter().chain(last_end).min();
        // One after the other: each checks the same ledger, and transactions that meet there refuse each other.
        for (key, texts) in parts.keys(fence.guild, fence.day).zip(pieces) {
            self.put_fenced(fence, encode(&key, PartItem { texts, expires_at })?).await?;
        }
        Ok((Texts::new(), Some(parts)))
    }

    /// The texts of the parts that may have some of those, or `None` if one is missing or cannot be read.
    pub(super) async fn texts_of(
        &self,
        guild: GuildId,
        day: Day,
        parts: &Parts,
        of: TextsOf<'_>,
    ) -> Result<Option<Texts>, StoreError> {
        let keys: Vec<Key> = parts.keys_of(guild, day, of).collect();
        let mut items = self.table.get_all_of(&keys, projection(of).as_ref()).await?;
        let mut texts = Texts::new();
        for key in keys {
            let part = items.remove(&key).and_then(|item| decode_rebuildable::<PartItem>(&key, item));
            let Some(part) = part else { return Ok(None) };
            texts.extend(part.texts);
        }
        Ok(Some(texts))
    }

    /// Deletes the parts of a day that `is_orphan` says of their generation.
    pub(super) async fn delete_parts(
        &self,
        guild: GuildId,
        day: Day,
        is_orphan: impl Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        let of_day = Query::of(keys::day_partition(guild, day)).beginning_with(keys::PART_PREFIX).only("pk, sk");
        let keys = self.table.query(of_day, |item| key_of(&item)).await?;
        self.table.delete_all(keys.into_iter().filter(|key| key.generation().is_some_and(&is_orphan))).await
    }
}

impl Parts {
    fn keys(&self, guild: GuildId, day: Day) -> impl Iterator<Item = Key> {
        (0..self.count).map(move |n| Key::part(guild, day, &self.generation, n))
    }

    /// The keys of the parts that may have texts of those.
    fn keys_of(&self, guild: GuildId, day: Day, of: TextsOf<'_>) -> impl Iterator<Item = Key> {
        self.keys(guild, day).zip(0..).filter(move |(_, n)| self.may_have(*n, of)).map(|(key, _)| key)
    }

    fn may_have(&self, part: usize, of: TextsOf<'_>) -> bool {
        let TextsOf::People(users) = of else { return true };
        let Some(first) = self.first_users.get(part) else { return !users.is_empty() };
        let next = self.first_users.get(part + 1);
        users.iter().any(|user| first <= user && next.is_none_or(|next| user < next))
    }
}

/// What is sent of a part.
fn projection(of: TextsOf<'_>) -> Option<Projection> {
    match of {
        TextsOf::People(users) if users.len() <= MAX_PROJECTED => {
            Some(Projection::new(&["v", "expires_at"], "texts", users.iter().map(ToString::to_string)))
        }
        _ => None,
    }
}

/// Texts in pieces, an item each.
fn pieces(texts: &Texts) -> Vec<Texts> {
    let mut pieces: Vec<Texts> = Vec::new();
    let mut bytes = 0;
    for (user, text) in texts {
        bytes += text.len() + KEY_BYTES;
        match pieces.last_mut() {
            Some(piece) if bytes <= MAX_PART_BYTES => drop(piece.insert(*user, text.clone())),
            _ => {
                bytes = text.len() + KEY_BYTES;
                pieces.push(Texts::from([(*user, text.clone())]));
            }
        }
    }
    pieces
}
