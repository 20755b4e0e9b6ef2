//! Figures made of many figures.

use std::time::{Duration, Instant};

/// The `percent`-th percentile by nearest rank: a value that was measured, never one in between.
#[must_use]
pub fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (percent / 100.0 * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(rank - 1).or(sorted.last()).copied().unwrap_or(0.0)
}

/// When something was under way.
pub type Interval = (Instant, Instant);

/// How much of `whole` the parts cover, each moment counted once.
#[must_use]
pub fn covered(whole: Interval, parts: impl IntoIterator<Item = Interval>) -> Duration {
    let mut parts: Vec<Interval> = parts.into_iter().collect();
    parts.sort();
    let (mut reached, mut sum) = (whole.0, Duration::ZERO);
    for (start, end) in parts {
        let (start, end) = (start.max(reached), end.min(whole.1));
        if end > start {
            sum += end - start;
            reached = end;
        }
    }
    sum
}

/// A duration in milliseconds.
#[must_use]
pub fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!([50.0, 99.0, 100.0, 0.0].map(|percent| percentile(&values, percent)), [100.0, 198.0, 200.0, 1.0]);
        assert_eq!(percentile(&[7.0], 99.0), 7.0);
        assert_eq!(percentile(&[], 50.0), 0.0);
    }

    #[test]
    fn what_overlaps_is_counted_once_and_what_is_outside_not_at_all() {
        let zero = Instant::now() + Duration::from_secs(60);
        let at = |ms: u64| zero + Duration::from_millis(ms);
        let parts = [(at(50), at(70)), (at(10), at(30)), (at(20), at(40)), (at(25), at(28)), (at(90), at(200))];
        assert_eq!(covered((at(0), at(100)), parts), Duration::from_millis(30 + 20 + 10));
        assert_eq!(covered((at(0), at(5)), parts), Duration::ZERO);
        assert_eq!(covered((at(15), at(25)), [(at(0), at(100))]), Duration::from_millis(10));
    }
}
