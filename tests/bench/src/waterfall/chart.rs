//! One trace: a row for the request, for each day and for each person, in two panels.

use super::{
    layout::Layout,
    svg::{Anchor, Svg},
};
use crate::{
    experiments::replay::{Order, Replay, Span, What},
    traces::Trace,
};

const ROW: f64 = 24.0;
/// From the top of a chart to its first row.
const HEAD: f64 = 46.0;
/// From the last row to the next chart.
const FOOT: f64 = 52.0;

/// What the parts look like: dark enough for a white background, distinct also without colours.
pub(super) mod colour {
    pub(crate) const INVOCATION: &str = "#c6d0dc";
    pub(crate) const SUMMARY: &str = "#2f6fce";
    pub(crate) const MERGE: &str = "#1a8a72";
    pub(crate) const CRITICAL: &str = r##"stroke="#d9480f" stroke-width="2.5""##;
}

/// A trace in both orders.
#[derive(Debug)]
pub(super) struct Chart<'a> {
    pub(super) trace: &'a Trace,
    pub(super) sequential: &'a Replay,
    pub(super) concurrent: &'a Replay,
    pub(super) scale: f64,
}

impl Chart<'_> {
    pub(super) fn height(&self) -> f64 {
        HEAD + self.rows_height() + FOOT
    }

    pub(super) fn draw(&self, svg: &mut Svg, layout: &Layout, top: f64) {
        svg.text((Layout::MARGIN, top + 16.0), Anchor::Start, "title", self.trace.name);
        self.labels(svg, top + HEAD);
        let faster = self.sequential.wall_s / self.concurrent.wall_s;
        let (sequential, concurrent) = (self.seconds(self.sequential.wall_s), self.seconds(self.concurrent.wall_s));
        let panels = [
            (layout.left, self.sequential, format!("one after the other: {sequential}")),
            (layout.right, self.concurrent, format!("all at once: {concurrent}, {faster:.1} times faster")),
        ];
        for (x, replay, head) in panels {
            svg.text((x, top + 16.0), Anchor::Start, "head", &head);
            let panel = Panel { chart: self, layout, replay, x, top: top + HEAD };
            panel.axis(svg);
            if replay.order == Order::Concurrent {
                self.mark_critical_path(svg, layout, top + HEAD);
            }
            panel.bars(svg);
        }
    }

    fn labels(&self, svg: &mut Svg, top: f64) {
        let middle = |row: usize| top + row as f64 * ROW + ROW / 2.0 + 4.0;
        svg.text((Layout::MARGIN, middle(0)), Anchor::Start, "", "get_memories");
        for (row, day) in (1..).zip(self.trace.days) {
            let messages = format!("{} messages", day.messages);
            svg.text((Layout::MARGIN, middle(row)), Anchor::Start, "", day.label);
            svg.text((Layout::MARGIN + 48.0, middle(row)), Anchor::Start, "quiet", &messages);
        }
        for (row, merge) in (1 + self.trace.days.len()..).zip(self.trace.merges) {
            svg.text((Layout::MARGIN, middle(row)), Anchor::Start, "", merge.person);
        }
    }

    fn mark_critical_path(&self, svg: &mut Svg, layout: &Layout, top: f64) {
        let seconds = self.concurrent.critical_path_s;
        let x = layout.right + seconds * layout.per_second;
        let bottom = top + self.rows_height();
        svg.line([x, top - 6.0, x, bottom + 22.0], r##"stroke="#d9480f" stroke-width="1.2" stroke-dasharray="4 3""##);
        let label = format!("critical path {}", self.seconds(seconds));
        svg.text((x, bottom + 34.0), Anchor::End, "critical", &label);
    }

    fn rows_height(&self) -> f64 {
        (1 + self.trace.days.len() + self.trace.merges.len()) as f64 * ROW
    }

    fn row(&self, what: &What) -> Option<usize> {
        let days = self.trace.days;
        match what {
            What::Request => Some(0),
            What::Day(label) | What::Summary(label) => {
                days.iter().position(|day| day.label == label).map(|row| 1 + row)
            }
            What::Merge(person) => {
                let row = self.trace.merges.iter().position(|merge| merge.person == person);
                row.map(|row| 1 + days.len() + row)
            }
        }
    }

    fn is_critical(&self, what: &What) -> bool {
        match what {
            What::Summary(label) => self.trace.slowest_day().is_some_and(|day| day.label == label),
            What::Merge(person) => self.trace.slowest_merge().is_some_and(|merge| merge.person == person),
            What::Request | What::Day(_) => false,
        }
    }

    /// One decimal in real seconds, and as many more as the scale is smaller.
    fn seconds(&self, seconds: f64) -> String {
        let decimals = if self.scale < 1.0 { 2 } else { 1 };
        format!("{seconds:.decimals$} s")
    }
}

/// One order of a chart.
struct Panel<'a> {
    chart: &'a Chart<'a>,
    layout: &'a Layout,
    replay: &'a Replay,
    x: f64,
    top: f64,
}

impl Panel<'_> {
    fn axis(&self, svg: &mut Svg) {
        let bottom = self.top + self.chart.rows_height();
        let marks = (self.replay.wall_s / self.layout.step).floor() as u32;
        for mark in 0..=marks {
            let seconds = f64::from(mark) * self.layout.step;
            let x = self.at(seconds);
            svg.line([x, self.top - 6.0, x, bottom + 4.0], r##"stroke="#e3e8ed" stroke-width="1""##);
            svg.text((x, bottom + 18.0), Anchor::Middle, "quiet", &self.layout.mark(seconds));
        }
    }

    /// Invocations first, so that the model calls lie on them.
    fn bars(&self, svg: &mut Svg) {
        let is_invocation = |span: &&Span| matches!(span.what, What::Request | What::Day(_));
        let (invocations, calls): (Vec<&Span>, Vec<&Span>) = self.replay.spans.iter().partition(is_invocation);
        for span in invocations.into_iter().chain(calls) {
            self.bar(svg, span);
        }
    }

    fn bar(&self, svg: &mut Svg, span: &Span) {
        let Some(row) = self.chart.row(&span.what) else { return };
        let (fill, inset) = match span.what {
            What::Request => (colour::INVOCATION, 5.0),
            What::Day(_) => (colour::INVOCATION, 2.0),
            What::Summary(_) => (colour::SUMMARY, 5.0),
            What::Merge(_) => (colour::MERGE, 5.0),
        };
        let (x, y) = (self.at(span.from_s), self.top + row as f64 * ROW);
        let width = (self.at(span.to_s) - x).max(1.0);
        let outline = if self.chart.is_critical(&span.what) { colour::CRITICAL } else { "" };
        let area = [x, y + inset, width, ROW - 2.0 * inset];
        svg.rect(area, &format!(r#"rx="2.5" fill="{fill}" {outline}"#));
        if !matches!(span.what, What::Day(_)) {
            self.time_of(svg, span, x + width, width, y + ROW / 2.0 + 4.0);
        }
    }

    /// Inside the bar, or beside it where it is too short.
    fn time_of(&self, svg: &mut Svg, span: &Span, end: f64, width: f64, y: f64) {
        let time = self.chart.seconds(span.to_s - span.from_s);
        let class = if span.what == What::Request { "beside" } else { "inside" };
        if width > 7.0 * time.len() as f64 {
            svg.text((end - width / 2.0, y), Anchor::Middle, class, &time);
        } else {
            svg.text((end + 4.0, y), Anchor::Start, "beside", &time);
        }
    }

    fn at(&self, seconds: f64) -> f64 {
        self.x + seconds * self.layout.per_second
    }
}
