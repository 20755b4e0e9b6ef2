//! What is where in the picture.

/// Pixels. Names to the left, bars in the middle, brackets to the right.
#[derive(Debug)]
pub(super) struct Layout {
    /// Nanoseconds.
    extent: u64,
    rows: usize,
}

impl Layout {
    pub(super) const MARGIN: f64 = 20.0;
    const LABELS: f64 = 360.0;
    /// Where bars begin.
    pub(super) const LEFT: f64 = Self::MARGIN + Self::LABELS;
    /// How wide they are all together.
    pub(super) const CHART: f64 = 530.0;
    /// Where they end.
    pub(super) const RIGHT: f64 = Self::LEFT + Self::CHART;
    /// For the brackets.
    pub(super) const GUTTER: f64 = 170.0;
    pub(super) const WIDTH: f64 = Self::RIGHT + Self::GUTTER + Self::MARGIN;
    /// Where rows begin.
    pub(super) const TOP: f64 = 108.0;
    pub(super) const ROW: f64 = 22.0;
    pub(super) const BAR: f64 = 15.0;
    /// From one line of words to the next.
    pub(super) const LINE: f64 = 18.0;

    pub(super) fn of(extent: u64, rows: usize) -> Self {
        Self { extent, rows }
    }

    /// Where a time is.
    pub(super) fn at(&self, nanos: u64) -> f64 {
        let part = if self.extent == 0 { 0.0 } else { nanos as f64 / self.extent as f64 };
        Self::LEFT + part * Self::CHART
    }

    /// The top of a row.
    pub(super) fn row(row: usize) -> f64 {
        Self::TOP + row as f64 * Self::ROW
    }

    pub(super) fn rows_end(&self) -> f64 {
        Self::row(self.rows)
    }

    /// On what the first line of words stands.
    pub(super) fn bottom(&self) -> f64 {
        self.rows_end() + 28.0
    }

    /// How many letters of a name have room at that depth.
    pub(super) fn indent(depth: usize) -> f64 {
        (depth as f64 * 14.0).min(140.0)
    }

    /// The room for a name at that depth.
    pub(super) fn room(depth: usize) -> f64 {
        Self::LABELS - Self::indent(depth) - 14.0
    }
}
