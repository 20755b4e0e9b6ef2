//! The promises, each with what was measured.

use serde::Serialize;

use super::results::Results;
use crate::{
    experiments::{
        replay::{Order, Replay},
        warm::Warm,
        webhook::Webhook,
    },
    report::Table,
};

/// How much longer than the critical path a cold request may take.
const RATIO: f64 = 1.05;
/// How long an answer takes while all models cool down.
const COOLING_MS: f64 = 100.0;
const BIG_DAY: u32 = 2_000;
const BIG_DAY_MS: f64 = 150.0;
const BIG_DAY_MB: f64 = 64.0;
/// Of Discord's webhook: its first answer to a process that has just been started, and to one that has answered before.
const FIRST_ANSWER_MS: f64 = 300.0;
const ANSWER_MS: f64 = 50.0;
/// How much longer a cold request may take in a large guild than in a small one.
const LARGE_GUILD_RATIO: f64 = 1.2;
const ZIP_MB: f64 = 6.0;
const INIT_MS: f64 = 20.0;
/// How much longer a warm request may take if its spans are exported.
const EXPORTED_RATIO: f64 = 1.05;
/// People of a warm request, and the requests to DynamoDB it may make.
const WARM_REQUESTS: [(usize, f64); 2] = [(40, 1.0), (100, 3.0)];

/// Something promised, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Promise {
    /// What is promised.
    pub what: String,
    /// What it may be at most.
    pub at_most: f64,
    /// What it is.
    pub measured: f64,
    /// Whether it is kept.
    pub kept: bool,
    /// Decimals worth showing, and a unit.
    #[serde(skip)]
    shown: (usize, &'static str),
}

impl Promise {
    pub(super) fn new(what: impl Into<String>, at_most: f64, measured: f64, shown: (usize, &'static str)) -> Self {
        Self { what: what.into(), at_most, measured, kept: measured <= at_most, shown }
    }

    fn show(&self, figure: f64) -> String {
        let (decimals, unit) = self.shown;
        format!("{figure:.decimals$}{unit}")
    }
}

/// Promises as a table.
pub(super) fn promise_table(promises: Vec<Promise>) -> Table {
    let mut table = Table::new(["what", "at most", "measured", ""]);
    for promise in promises {
        let verdict = if promise.kept { "ok" } else { "MISSED" };
        let (at_most, measured) = (promise.show(promise.at_most), promise.show(promise.measured));
        table.row([promise.what, at_most, measured, verdict.to_owned()]);
    }
    table
}

impl Results {
    /// Every promise. Those about time are made for real seconds: a smaller scale leaves the functions' own time as it is,
    /// and is harder to keep them at.
    #[must_use]
    pub fn promises(&self) -> Vec<Promise> {
        let replays = self.replays.iter().filter(|replay| replay.order == Order::Concurrent);
        let mut promises: Vec<Promise> = replays.map(|replay| cold(replay, self.scale)).collect();
        promises.push(self.callers());
        promises.extend(self.warm());
        promises.extend(self.exported());
        promises.extend(self.cooling());
        promises.extend(self.big_day());
        promises.extend(self.large_guild());
        promises.extend(self.webhook());
        promises.extend([self.zips(), self.starts()]);
        promises
    }

    fn callers(&self) -> Promise {
        let what = format!("model calls of {} simultaneous cold callers", self.callers.callers);
        let of_one = self.callers.model_calls_of_one as f64;
        Promise::new(what, of_one, self.callers.cost.model_calls as f64, (0, ""))
    }

    fn warm(&self) -> Vec<Promise> {
        let sum = |figure: fn(&Warm) -> u64| self.warm.iter().map(figure).sum::<u64>() as f64;
        let mut promises = vec![
            Promise::new("warm requests: model calls", 0.0, sum(|warm| warm.model_calls), (0, "")),
            Promise::new("warm requests: invocations of other functions", 0.0, sum(|warm| warm.invocations), (0, "")),
        ];
        for (people, at_most) in WARM_REQUESTS {
            let warm = self.warm.iter().find(|warm| warm.people == people);
            let measured = warm.map_or(f64::NAN, |warm| warm.dynamodb_requests);
            let what = format!("warm request for {people} people: DynamoDB requests");
            promises.push(Promise::new(what, at_most, measured, (0, "")));
        }
        promises
    }

    fn exported(&self) -> Option<Promise> {
        let [without, with] = &self.exported[..] else { return None };
        let what = format!("warm request for {} people: p50 with spans exported, against without", with.people);
        Some(Promise::new(what, EXPORTED_RATIO, with.p50_ms / without.p50_ms, (3, " ×")))
    }

    fn cooling(&self) -> impl Iterator<Item = Promise> {
        self.cooling.iter().map(|row| {
            let what = format!("{} people while all models cool down: p99", row.people);
            Promise::new(what, COOLING_MS, row.p99_ms, (0, " ms"))
        })
    }

    fn big_day(&self) -> Vec<Promise> {
        let days = self.big_days.iter().filter(|day| day.messages == BIG_DAY);
        days.flat_map(|day| {
            let what = |what| format!("a guild-day of {BIG_DAY} messages: {what}");
            [
                Promise::new(what("time without model and store"), BIG_DAY_MS, day.outside_ms(), (0, " ms")),
                Promise::new(what("peak memory"), BIG_DAY_MB, day.peak_mb, (0, " MB")),
            ]
        })
        .collect()
    }

    fn large_guild(&self) -> Option<Promise> {
        let [small, .., large] = &self.large_guilds[..] else { return None };
        let what = format!(
            "100 people, cold, among {} people a day, by the time among {}, without the model",
            large.authors, small.authors
        );
        let ratio = large.cold.without_model_ms / small.cold.without_model_ms;
        Some(Promise::new(what, LARGE_GUILD_RATIO, ratio, (2, " ×")))
    }

    fn webhook(&self) -> [Promise; 2] {
        let slowest = |figure: fn(&Webhook) -> f64| self.webhook.iter().map(figure).fold(f64::NAN, f64::max);
        let what = |what| format!("Discord's webhook: {what}");
        [
            Promise::new(what("slowest first answer"), FIRST_ANSWER_MS, slowest(|kind| kind.first_ms), (0, " ms")),
            Promise::new(what("slowest p99 when warm"), ANSWER_MS, slowest(|kind| kind.p99_ms), (0, " ms")),
        ]
    }

    fn zips(&self) -> Promise {
        let largest = self.functions.iter().map(|function| function.zip_bytes).max().unwrap_or(0);
        Promise::new("zip of the largest function", ZIP_MB, largest as f64 / 1e6, (1, " MB"))
    }

    fn starts(&self) -> Promise {
        let slowest = self.functions.iter().map(|function| function.init_ms).fold(f64::NAN, f64::max);
        Promise::new("slowest start of a function's process", INIT_MS, slowest, (0, " ms"))
    }
}

fn cold(replay: &Replay, scale: f64) -> Promise {
    let scale = if scale == 1.0 { String::new() } else { format!(", at scale {scale}") };
    let what = format!("`{}`, cold, by its critical path of {:.2} s{scale}", replay.trace, replay.critical_path_s);
    Promise::new(what, RATIO, replay.ratio(), (3, " ×"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_kept_up_to_its_limit() {
        let promise = |measured| Promise::new("x", 1.05, measured, (3, " ×"));
        assert!(promise(1.05).kept);
        assert!(!promise(1.0501).kept);
        assert!(!promise(f64::NAN).kept, "what was not measured is not kept");
    }

    #[test]
    fn figures_are_shown_with_their_unit() {
        let promise = Promise::new("x", 150.0, 12.34, (0, " ms"));
        assert_eq!((promise.show(promise.at_most), promise.show(promise.measured)), ("150 ms".into(), "12 ms".into()));
    }
}
