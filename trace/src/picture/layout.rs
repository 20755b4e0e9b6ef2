//! What is where in the picture.

/// Pixels. Names to the left, bars in the middle, brackets to the right.
#[derive(Debug)]
pub(super) struct Layout {
    /// Nanoseconds.
    extent: u64,
    /// Where rows begin.
    top: f64,
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
    /// Where the first chart begins: below title and legend.
    pub(super) const BELOW_LEGEND: f64 = 82.0;
    /// For the heading of a chart among others.
    pub(super) const HEADING: f64 = 22.0;
    /// For the axis.
    const AXIS: f64 = 26.0;
    /// From one chart to the next.
    pub(super) const BETWEEN: f64 = 22.0;
    pub(super) const ROW: f64 = 22.0;
    pub(super) const BAR: f64 = 15.0;
    /// From one line of words to the next.
    pub(super) const LINE: f64 = 18.0;

    /// For a chart that begins at `top`.
    pub(super) fn new(extent: u64, top: f64, rows: usize) -> Self {
        Self { extent, top: top + Self::AXIS, rows }
    }

    pub(super) fn extent(&self) -> u64 {
        self.extent
    }

    /// On what the labels of the axis stand.
    pub(super) fn axis(&self) -> f64 {
        self.top - 10.0
    }

    /// Where a time is.
    pub(super) fn at(&self, nanos: u64) -> f64 {
        let part = if self.extent == 0 { 0.0 } else { nanos as f64 / self.extent as f64 };
        Self::LEFT + part * Self::CHART
    }

    /// The top of a row.
    pub(super) fn row(&self, row: usize) -> f64 {
        self.top + row as f64 * Self::ROW
    }

    pub(super) fn rows_end(&self) -> f64 {
        self.row(self.rows)
    }

    /// On what the first line of words stands.
    pub(super) fn words(&self) -> f64 {
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
