//! Sends messages in batches, several at once. Everything of one guild-day goes the same lane, one batch after the other, so
//! that no two calls change the same day's ledger:
//!
//! ```text
//! file   1 1 1 2 2 3 3 3 4 4 …      lane 1: days 1, 5, …   ──▶ batch ──▶ batch ──▶
//!                                   lane 2: days 2, 6, …      ──▶ batch ──▶
//! ```

use std::time::Duration;

use anyhow::{Result, bail};
use guild_memory::{contract::IngestReport, domain::GuildId};
use tokio::task::JoinSet;

use super::{item::Place, message::Outgoing, summary::Summary};
use crate::lambda::{Failure, Lambda};

/// Messages and bytes of one call: far below what `ingest_messages` and Lambda allow, so that little is under way at once.
const MAX_MESSAGES: usize = 2_000;
const MAX_BYTES: usize = 2_000_000;
/// Tries of a call that the store or Lambda refuses for the moment: about a minute in all.
const MAX_ATTEMPTS: u32 = 8;
/// Tries of a call that reaches nobody.
const MAX_ATTEMPTS_UNREACHED: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Batches on their way.
pub(super) struct Lanes {
    lambda: Lambda,
    function: String,
    lanes: Vec<Lane>,
    calls: JoinSet<(usize, Result<IngestReport, Failure>)>,
}

#[derive(Default)]
struct Lane {
    filling: Option<Batch>,
    /// Where the batch begins that is under way.
    under_way: Option<Place>,
}

struct Batch {
    guild: GuildId,
    from: Place,
    messages: Vec<u8>,
    deleted: Vec<u8>,
    count: usize,
}

impl Lanes {
    pub(super) fn new(lambda: Lambda, function: String, lanes: u8) -> Self {
        let lanes = (0..lanes).map(|_| Lane::default()).collect();
        Self { lambda, function, lanes, calls: JoinSet::new() }
    }

    /// Takes what was read at `place`, and sends what is full.
    pub(super) async fn send(&mut self, outgoing: Outgoing, place: Place, summary: &mut Summary) -> Result<()> {
        let days = outgoing.day.start().as_second().div_euclid(86_400);
        let lane = days.rem_euclid(self.lanes.len() as i64) as usize;
        if self.lanes[lane].filling.as_ref().is_some_and(|batch| !batch.has_room(&outgoing)) {
            self.flush(lane, summary).await?;
        }
        let new = || Batch { guild: outgoing.guild, from: place, messages: vec![], deleted: vec![], count: 0 };
        self.lanes[lane].filling.get_or_insert_with(new).add(&outgoing);
        Ok(())
    }

    /// Sends everything, and waits for all answers.
    pub(super) async fn finish(&mut self, summary: &mut Summary) -> Result<()> {
        for lane in 0..self.lanes.len() {
            self.flush(lane, summary).await?;
        }
        while !self.calls.is_empty() {
            self.answer(summary).await?;
        }
        Ok(())
    }

    /// The first place that is not answered for yet; everything before it is stored.
    pub(super) fn first_open(&self) -> Option<Place> {
        let of_lane = |lane: &Lane| lane.under_way.or(lane.filling.as_ref().map(|batch| batch.from));
        self.lanes.iter().filter_map(of_lane).min()
    }

    async fn flush(&mut self, lane: usize, summary: &mut Summary) -> Result<()> {
        while self.lanes[lane].under_way.is_some() {
            self.answer(summary).await?;
        }
        let Some(batch) = self.lanes[lane].filling.take() else { return Ok(()) };
        self.lanes[lane].under_way = Some(batch.from);
        let (lambda, function) = (self.lambda.clone(), self.function.clone());
        self.calls.spawn(async move { (lane, call(&lambda, &function, &batch.event()).await) });
        Ok(())
    }

    /// Waits for one answer.
    async fn answer(&mut self, summary: &mut Summary) -> Result<()> {
        let Some(answered) = self.calls.join_next().await else { return Ok(()) };
        let (lane, report) = answered?;
        match report {
            Ok(report) => summary.add(report),
            Err(failure) => bail!("{failure}"),
        }
        self.lanes[lane].under_way = None;
        Ok(())
    }
}

async fn call(lambda: &Lambda, function: &str, event: &[u8]) -> Result<IngestReport, Failure> {
    for attempt in 0..MAX_ATTEMPTS {
        match lambda.invoke(function, event.to_vec()).await {
            Err(Failure::Passing(_)) if attempt + 1 < MAX_ATTEMPTS => wait(attempt).await,
            Err(Failure::Unreachable(_)) if attempt + 1 < MAX_ATTEMPTS_UNREACHED => wait(attempt).await,
            answer => return answer,
        }
    }
    Err(Failure::Lasting("it was never tried".to_owned()))
}

async fn wait(attempt: u32) {
    tokio::time::sleep(FIRST_WAIT * (1 << attempt.min(5))).await;
}

impl Batch {
    fn has_room(&self, outgoing: &Outgoing) -> bool {
        let bytes = self.messages.len() + self.deleted.len() + outgoing.json.len();
        self.guild == outgoing.guild && self.count < MAX_MESSAGES && bytes < MAX_BYTES
    }

    fn add(&mut self, outgoing: &Outgoing) {
        let list = if outgoing.is_deletion { &mut self.deleted } else { &mut self.messages };
        if !list.is_empty() {
            list.push(b',');
        }
        list.extend_from_slice(&outgoing.json);
        self.count += 1;
    }

    fn event(&self) -> Vec<u8> {
        let guild = format!("{{\"guild_id\":\"{}\",\"messages\":[", self.guild);
        [guild.as_bytes(), &self.messages, b"],\"deleted\":[", &self.deleted, b"]}"].concat()
    }
}

#[cfg(test)]
mod tests {
    use guild_memory::contract::IngestRequest;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_batch_is_an_event_of_ingest_messages() {
        let guild: GuildId = "1".parse().unwrap();
        let day = "2026-11-20".parse().unwrap();
        let id = "1388414112890880001".parse().unwrap();
        let outgoing = |json: &str, is_deletion| Outgoing { guild, id, day, json: json.into(), is_deletion };
        let from = Place { position: 0, seen: 0 };
        let mut batch = Batch { guild, from, messages: vec![], deleted: vec![], count: 0 };
        for (json, is_deletion) in [(r#"{"id":"5"}"#, false), (r#""7""#, true), (r#"{"id":"6"}"#, false)] {
            batch.add(&outgoing(json, is_deletion));
        }
        let event: IngestRequest = serde_json::from_slice(&batch.event()).unwrap();
        assert_eq!((event.guild_id, event.deleted), (guild, vec![json!("7")]));
        assert_eq!(event.messages, [json!({"id": "5"}), json!({"id": "6"})]);
        assert!(batch.has_room(&outgoing("{}", false)));
        assert!(!batch.has_room(&Outgoing { guild: "2".parse().unwrap(), ..outgoing("{}", false) }));
    }
}
