//! "Nobody waits": what a request that finds nothing, or a model that takes its time, may cost people.

use super::{promises::Promise, results::Results};
use crate::experiments::{budgets::Budgeted, one_at_a_time::OneAtATime};

/// Seconds of the cold `days` trace, by requests a minute.
const COLD_S: [(u32, f64); 2] = [(30, 13.0), (10, 18.2)];
/// Merge calls of an active guild, for a person and day.
const MERGES: f64 = 1.1;
const NO_MODELS_MS: f64 = 20.0;
/// Seconds a call of the slow model may take.
const CALL_S: f64 = 5.0;
const FIRST_WORDS_S: f64 = 1.5;
/// Tokens with days that are cut, against whole ones.
const SPLITTING: f64 = 1.15;
const WARM_P50_MS: f64 = 4.0;
const WARM_REQUESTS: f64 = 1.0;
const WARM_PEOPLE: usize = 5;

impl Results {
    /// Every row of the table, whether it holds or not. As with the other promises, a smaller scale makes those about time
    /// harder.
    #[must_use]
    pub fn must_reach(&self) -> Vec<Promise> {
        let mut rows = Vec::new();
        for (rpm, at_most) in COLD_S {
            let asked = self.budgets.iter().find(|asked| asked.rpm == Some(rpm));
            let what = format!("`days`, cold, budget for {rpm} requests a minute");
            rows.push(Promise::new(&what, at_most, figure(asked, |asked| asked.wall_s), (2, " s")));
            let calls = figure(asked, |asked| asked.cost.calls as f64);
            rows.push(Promise::new(format!("{what}: calls"), f64::from(rpm), calls, (0, "")));
        }
        rows.extend([self.merges(), self.without_models(), self.waited()]);
        rows.extend(self.crowded());
        rows.extend(self.one_at_a_time());
        let first_words = self.first_words.first_s;
        let what = "first words of `/memory show` while the model takes 20 s";
        rows.push(Promise::new(what, FIRST_WORDS_S, first_words, (2, " s")));
        rows.push(self.splitting());
        rows.extend(self.warm_for_five());
        rows
    }

    fn merges(&self) -> Promise {
        let day = &self.active_day;
        let measured = day.merge_calls as f64 / day.people as f64;
        Promise::new("merge calls of an active guild, for a person and day", MERGES, measured, (1, ""))
    }

    fn without_models(&self) -> Promise {
        let what = format!("`\"models\":\"none\"`, nothing but day texts: p99 for {} people", self.no_models.people);
        Promise::new(what, NO_MODELS_MS, self.no_models.p99_ms, (0, " ms"))
    }

    fn waited(&self) -> Promise {
        let what = "asked every 10 minutes for 8 hours: requests that wait for a model after the first";
        Promise::new(what, 0.0, self.eight_hours.waited as f64, (0, ""))
    }

    fn crowded(&self) -> [Promise; 2] {
        let day = &self.crowded_day;
        let what = |what| format!("day of {} members, 10 summaries a second, 5 s allowed: {what}", day.members);
        let missing = f64::from(u8::from(!day.complete));
        [
            Promise::new(what("missing in the first request"), 0.0, missing, (0, "")),
            Promise::new(what("longest call"), CALL_S, day.cost.longest_s, (2, " s")),
        ]
    }

    fn one_at_a_time(&self) -> [Promise; 2] {
        let what = |what| format!("a model that answers one call at a time, 12 s each, `parallel=1`: {what}");
        let OneAtATime { missing, surplus, .. } = self.one_at_a_time;
        [
            Promise::new(what("what is missing of a week of five people"), 0.0, missing as f64, (0, "")),
            Promise::new(what("calls beside one a day and person, as after a time-out"), 0.0, surplus as f64, (0, "")),
        ]
    }

    fn splitting(&self) -> Promise {
        let tokens = |splitting| {
            let asked = self.budgets.iter().find(|asked| asked.rpm.is_none() && asked.splitting == splitting);
            figure(asked, |asked| asked.cost.tokens() as f64)
        };
        let what = "model tokens of a cold request with splitting, against without";
        Promise::new(what, SPLITTING, tokens(true) / tokens(false), (2, " ×"))
    }

    fn warm_for_five(&self) -> [Promise; 2] {
        let warm = self.warm.iter().find(|warm| warm.people == WARM_PEOPLE);
        let what = |what| format!("warm, {WARM_PEOPLE} people: {what}");
        let (p50, requests) = warm.map_or((f64::NAN, f64::NAN), |warm| (warm.p50_ms, warm.dynamodb_requests));
        [
            Promise::new(what("p50"), WARM_P50_MS, p50, (1, " ms")),
            Promise::new(what("DynamoDB requests"), WARM_REQUESTS, requests, (0, "")),
        ]
    }
}

fn figure(asked: Option<&Budgeted>, figure: impl Fn(&Budgeted) -> f64) -> f64 {
    asked.map_or(f64::NAN, figure)
}
