//! What is where.

/// One scale of seconds for everything, and the columns: labels, one after the other, all at once.
#[derive(Debug)]
pub(super) struct Layout {
    /// Pixels a second.
    pub(super) per_second: f64,
    /// Where the left panel begins.
    pub(super) left: f64,
    /// Where the right panel begins.
    pub(super) right: f64,
    /// Seconds between two marks of an axis.
    pub(super) step: f64,
}

impl Layout {
    /// Space for the title and the legend.
    pub(super) const HEADER: f64 = 78.0;
    pub(super) const MARGIN: f64 = 20.0;
    const LABELS: f64 = 150.0;
    const GAP: f64 = 56.0;
    /// The least space between two marks of an axis.
    const MARKS: f64 = 50.0;
    /// For what is written beside the last bar.
    const END: f64 = 60.0;
    /// Both panels together.
    const PANELS: f64 = 800.0;

    /// For charts of which the longest takes that many seconds, one after the other and all at once.
    pub(super) fn of(sequential: f64, concurrent: f64) -> Self {
        let per_second = Self::PANELS / (sequential + concurrent).max(f64::MIN_POSITIVE);
        let left = Self::MARGIN + Self::LABELS;
        let right = left + sequential * per_second + Self::GAP;
        Self { per_second, left, right, step: step(Self::MARKS / per_second) }
    }

    pub(super) fn width(&self) -> f64 {
        Self::MARGIN + Self::LABELS + Self::PANELS + Self::GAP + Self::END
    }
}

impl Layout {
    /// A second of the axis, with the decimals its steps need.
    pub(super) fn mark(&self, seconds: f64) -> String {
        let decimals = (-self.step.log10()).ceil().max(0.0) as usize;
        format!("{seconds:.decimals$}")
    }
}

/// The smallest round number that is at least `least`: 1, 2 or 5 times a power of ten.
fn step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].into_iter().find(|round| round * power >= least * 0.999);
    round.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_have_the_decimals_of_their_steps() {
        let mark = |step: f64, n: f64| Layout { per_second: 1.0, left: 0.0, right: 0.0, step }.mark(step * n);
        assert_eq!([mark(5.0, 3.0), mark(0.2, 3.0), mark(0.05, 3.0)], ["15", "0.6", "0.15"]);
    }

    #[test]
    fn marks_are_at_round_seconds() {
        let steps = [8.2, 0.82, 1.0, 1.1, 4.0, 0.03].map(step);
        for (step, expected) in steps.into_iter().zip([10.0, 1.0, 1.0, 2.0, 5.0, 0.05]) {
            assert!((step - expected).abs() < 1e-9, "{step} is not {expected}");
        }
    }
}
