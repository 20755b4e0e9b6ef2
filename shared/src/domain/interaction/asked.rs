//! How often somebody is given an answer that may call a model.

use jiff::{SignedDuration, Timestamp};

/// Answers that one person is given in one guild within [`ANSWERS_WITHIN`] (DESIGN rule 30).
pub const MAX_ANSWERS: usize = 10;
/// The time in which they are counted.
pub const ANSWERS_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// When one person was given answers that may have called a model, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked(pub Vec<Timestamp>);

impl Asked {
    /// With one more at `now`. Times that do not count any more are dropped.
    ///
    /// # Errors
    /// When there will be room again, if there is none.
    pub fn once_more(&self, now: Timestamp) -> Result<Self, Timestamp> {
        let counts = |at: &Timestamp| now.duration_since(*at) < ANSWERS_WITHIN;
        let mut recent: Vec<Timestamp> = self.0.iter().copied().filter(counts).collect();
        // The one that has to be over before there is room.
        if let Some(at) = recent.iter().rev().nth(MAX_ANSWERS - 1) {
            return Err(at.saturating_add(ANSWERS_WITHIN).unwrap_or(Timestamp::MAX));
        }
        recent.push(now);
        Ok(Self(recent))
    }

    /// When none of them counts any more.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.0.last()?.checked_add(ANSWERS_WITHIN).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(n: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(n)
    }

    #[test]
    fn rule_30_ten_answers_in_ten_minutes_and_then_one_for_each_that_is_over() {
        let ten = (0..10).try_fold(Asked::default(), |asked, n| asked.once_more(minute(n / 2))).unwrap();
        assert_eq!(ten.once_more(minute(9)), Err(minute(10)));
        let next = ten.once_more(minute(10)).unwrap();
        assert_eq!(next.0.len(), 9, "two were over, one is new");
        let tenth = next.once_more(minute(10)).unwrap();
        assert_eq!(tenth.once_more(minute(10)), Err(minute(11)));
    }
}
