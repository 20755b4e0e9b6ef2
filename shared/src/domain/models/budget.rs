//! What may be spent on a model, where its owner has set a limit.

use std::time::Duration;

use jiff::Timestamp;

use super::quota;

/// The share of a budget, in percent, that is kept for calls that come first.
const KEPT_PERCENT: u64 = 20;

/// Requests and tokens that may be spent on a model, by all Lambdas together. Nothing is limited by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budget {
    /// Requests in a minute of the clock.
    pub requests_per_minute: Option<u64>,
    /// Tokens of prompts and answers in a minute of the clock.
    pub tokens_per_minute: Option<u64>,
    /// Requests in a day, which begins at midnight in Los Angeles.
    pub requests_per_day: Option<u64>,
    /// Tokens of prompts and answers in such a day.
    pub tokens_per_day: Option<u64>,
}

/// Who goes before whom: whether a call may take the last of a budget (DESIGN rule 10), and whether it goes before others in
/// the line for a model (DESIGN rule 34).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Priority {
    /// Nobody waits for it: what somebody asked for goes before it in a line.
    Background,
    /// A fifth of the budget is kept for those that come first.
    #[default]
    Normal,
    /// Today's summary, and people somebody asked for.
    First,
}

/// What may be spent in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// The minute (`2026-11-22T12:34Z`) or the day (`2026-11-22`).
    pub period: String,
    /// When the next one begins.
    pub until: Timestamp,
    /// The most requests there may be.
    pub requests: Option<u64>,
    /// The most tokens there may be.
    pub tokens: Option<u64>,
}

impl Allowance {
    /// How long it is until the next period.
    pub fn wait(&self, now: Timestamp) -> Duration {
        Duration::try_from(self.until.duration_since(now)).unwrap_or_default()
    }
}

impl Budget {
    /// What a call of that priority may find spent afterwards, in this minute and this day. Periods without a limit are left
    /// out.
    pub fn allowances(&self, priority: Priority, now: Timestamp) -> Vec<Allowance> {
        let of = |limit: Option<u64>| limit.map(|limit| share(limit, priority));
        let minute = now.as_second().div_euclid(60);
        let minutes = Allowance {
            period: now.strftime("%Y-%m-%dT%H:%MZ").to_string(),
            until: Timestamp::from_second((minute + 1) * 60).unwrap_or(Timestamp::MAX),
            requests: of(self.requests_per_minute),
            tokens: of(self.tokens_per_minute),
        };
        let days = Allowance {
            period: quota::day(now).to_string(),
            until: quota::next_reset(now),
            requests: of(self.requests_per_day),
            tokens: of(self.tokens_per_day),
        };
        let is_limited = |allowance: &Allowance| allowance.requests.is_some() || allowance.tokens.is_some();
        [minutes, days].into_iter().filter(is_limited).collect()
    }
}

/// What a call of that priority may have of a limit. Of a small limit at least one stays for everybody.
fn share(limit: u64, priority: Priority) -> u64 {
    match priority {
        Priority::First => limit,
        Priority::Background | Priority::Normal => (limit - limit * KEPT_PERCENT / 100).max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_limited_by_default() {
        assert_eq!(Budget::default().allowances(Priority::Normal, Timestamp::UNIX_EPOCH), []);
    }

    #[test]
    fn the_last_fifth_is_for_those_that_come_first() {
        let budget = Budget { requests_per_minute: Some(10), tokens_per_day: Some(1_000), ..Budget::default() };
        let now: Timestamp = "2026-11-22T12:34:56Z".parse().unwrap();
        let [minute, day] = budget.allowances(Priority::Normal, now).try_into().unwrap();
        assert_eq!((minute.period.as_str(), minute.requests, minute.tokens), ("2026-11-22T12:34Z", Some(8), None));
        assert_eq!((day.period.as_str(), day.requests, day.tokens), ("2026-11-22", None, Some(800)));
        assert_eq!(minute.wait(now), Duration::from_secs(4));
        assert_eq!(day.until.to_string(), "2026-11-23T08:00:00Z");
        let first = budget.allowances(Priority::First, now);
        assert_eq!((first[0].requests, first[1].tokens), (Some(10), Some(1_000)));
    }

    #[test]
    fn a_limit_of_one_can_be_used() {
        let budget = Budget { requests_per_day: Some(1), ..Budget::default() };
        assert_eq!(budget.allowances(Priority::Normal, Timestamp::UNIX_EPOCH)[0].requests, Some(1));
    }
}
