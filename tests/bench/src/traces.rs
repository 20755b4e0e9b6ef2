//! The two traces this project began with: how long each model call of a real bot took.

use std::time::Duration;

/// What had to be built for one request.
#[derive(Debug)]
pub struct Trace {
    /// Its name in every report.
    pub name: &'static str,
    /// The days nobody had summarized yet, in the order they were built.
    pub days: &'static [TraceDay],
    /// The people who were asked for, in the order they were merged.
    pub merges: &'static [Merge],
}

/// One guild-day and its batch call.
#[derive(Debug)]
pub struct TraceDay {
    /// What it is called in a picture.
    pub label: &'static str,
    /// How many messages were written.
    pub messages: u32,
    /// How long the model took.
    pub seconds: f64,
}

/// One person and the call that merged what was known.
#[derive(Debug)]
pub struct Merge {
    /// A name for them.
    pub person: &'static str,
    /// How long the model took.
    pub seconds: f64,
}

/// Five people, and only today is missing.
pub const MEMORIES: Trace = Trace {
    name: "memories",
    days: &[day("today", 200, 10.5)],
    merges: &[merge("Ann", 5.0), merge("Ben", 5.5), merge("Cem", 6.0), merge("Dua", 3.9), merge("Eli", 5.6)],
};

/// Two people, and most of the week is missing.
pub const DAYS: Trace = Trace {
    name: "days",
    days: &[
        day("today", 200, 10.5),
        day("07-04", 17, 8.3),
        day("07-03", 532, 12.4),
        day("07-02", 118, 9.5),
        day("06-30", 12, 4.7),
    ],
    merges: &[merge("Ann", 5.0), merge("Ben", 5.7)],
};

const fn day(label: &'static str, messages: u32, seconds: f64) -> TraceDay {
    TraceDay { label, messages, seconds }
}

const fn merge(person: &'static str, seconds: f64) -> Merge {
    Merge { person, seconds }
}

impl Trace {
    /// What no concurrency can shorten: the slowest day, then the slowest merge.
    #[must_use]
    pub fn critical_path(&self) -> f64 {
        self.slowest_day().map_or(0.0, |day| day.seconds) + self.slowest_merge().map_or(0.0, |merge| merge.seconds)
    }

    /// All model calls one after the other.
    #[must_use]
    pub fn sequential(&self) -> f64 {
        let days: f64 = self.days.iter().map(|day| day.seconds).sum();
        days + self.merges.iter().map(|merge| merge.seconds).sum::<f64>()
    }

    /// What the request must pay for: a call a day and a call a person.
    #[must_use]
    pub fn model_calls(&self) -> u64 {
        (self.days.len() + self.merges.len()) as u64
    }

    /// The day that decides.
    #[must_use]
    pub fn slowest_day(&self) -> Option<&TraceDay> {
        self.days.iter().max_by(|a, b| a.seconds.total_cmp(&b.seconds))
    }

    /// The merge that decides.
    #[must_use]
    pub fn slowest_merge(&self) -> Option<&Merge> {
        self.merges.iter().max_by(|a, b| a.seconds.total_cmp(&b.seconds))
    }
}

/// What `seconds` of a trace take at a scale.
#[must_use]
pub fn scaled(seconds: f64, scale: f64) -> Duration {
    Duration::from_secs_f64(seconds * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_seconds(measured: f64, expected: f64) {
        assert!((measured - expected).abs() < 1e-9, "{measured} is not {expected}");
    }

    #[test]
    fn the_critical_path_is_the_slowest_day_and_the_slowest_merge() {
        assert_seconds(DAYS.critical_path(), 12.4 + 5.7);
        assert_seconds(MEMORIES.critical_path(), 10.5 + 6.0);
    }

    #[test]
    fn one_after_the_other_they_take_as_long_as_was_measured() {
        assert_seconds(DAYS.sequential(), 56.1);
        assert_seconds(MEMORIES.sequential(), 36.5);
    }

    #[test]
    fn every_day_and_every_person_is_paid_once() {
        assert_eq!((DAYS.model_calls(), MEMORIES.model_calls()), (7, 6));
    }
}
