//! How long a model is left alone.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// No model is left alone for longer, whatever it says: a day, and an hour for the clocks (DESIGN rule 10).
pub const LONGEST_COOLDOWN: Duration = Duration::from_secs(25 * 3600);

/// A model that is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cooldown {
    /// Until when.
    pub until: Timestamp,
    /// Why, in one word of [`ModelError::kind`](crate::ports::ModelError::kind); empty where it was not noted.
    pub why: String,
}

impl Cooldown {
    /// How long it still is at `now`. `None`: it is over, or so far away that it is an error.
    pub fn left(until: Timestamp, now: Timestamp) -> Option<Duration> {
        let left = until.duration_since(now);
        let is_sane = left > SignedDuration::ZERO && left.unsigned_abs() <= LONGEST_COOLDOWN;
        is_sane.then(|| left.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_10_nothing_silences_a_model_for_longer_than_25_hours() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let left = |until: &str| Cooldown::left(until.parse().unwrap(), now).map(|left| left.as_secs());
        assert_eq!(left("2026-11-22T12:00:20Z"), Some(20));
        assert_eq!(left("2026-11-23T13:00:00Z"), Some(25 * 3600));
        assert_eq!(left("2026-11-22T12:00:00Z"), None, "it is over");
        assert_eq!(left("2031-01-01T00:00:00Z"), None, "somebody's mistake");
    }
}
