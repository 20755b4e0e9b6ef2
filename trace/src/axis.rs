//! Round times along an axis.

/// The marks of an axis.
#[derive(Debug, PartialEq)]
pub(crate) struct Mark {
    /// Where it is, as a part of the whole: from 0 to 1.
    pub(crate) at: f64,
    /// What stands there: `10 s`.
    pub(crate) label: String,
}

const UNITS: [(&str, f64); 4] = [("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1.0)];

/// Marks at round times of an axis of `extent` nanoseconds, at most `most` besides the first.
pub(crate) fn marks(extent: u64, most: usize) -> Vec<Mark> {
    let zero = Mark { at: 0.0, label: "0".to_owned() };
    if extent == 0 || most == 0 {
        return vec![zero];
    }
    let extent = extent as f64;
    let (unit, size) = UNITS.into_iter().find(|(_, size)| extent >= 2.0 * size).unwrap_or(("ns", 1.0));
    let step = step(extent / size / most as f64);
    let decimals = (-step.log10()).ceil().max(0.0) as usize;
    let count = (extent / size / step * (1.0 + 1e-9)).floor() as usize;
    let mark = |n: usize| {
        let value = n as f64 * step;
        Mark { at: (value * size / extent).min(1.0), label: format!("{value:.decimals$} {unit}") }
    };
    std::iter::once(zero).chain((1..=count.min(most)).map(mark)).collect()
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

    fn labels(extent: u64, most: usize) -> Vec<String> {
        marks(extent, most).into_iter().map(|mark| mark.label).collect()
    }

    #[test]
    fn marks_are_at_round_times() {
        assert_eq!(labels(57_000_000_000, 6), ["0", "10 s", "20 s", "30 s", "40 s", "50 s"]);
        assert_eq!(labels(1_000_000_000, 5), ["0", "200 ms", "400 ms", "600 ms", "800 ms", "1000 ms"]);
        assert_eq!(labels(2_500_000_000, 5), ["0", "0.5 s", "1.0 s", "1.5 s", "2.0 s", "2.5 s"]);
        assert_eq!(labels(0, 4), ["0"]);
    }
}
