//! A row for each span: its name, its bar, its time.

use std::collections::BTreeMap;

use super::layout::Layout;
use crate::{
    analysis::Analysis,
    rows::Row,
    svg::{Anchor, Svg, letters, text_width},
    trace::NodeId,
    units::{cut, duration},
};

const SIZE: f64 = 11.0;
/// The line of the critical path, at the lower edge of bars.
const PATH: f64 = 3.0;
/// Shorter pieces of it are dots that say nothing, unless the bar itself is as short.
const SEEN: f64 = 1.0;
const SHORT: f64 = 3.0;

pub(super) struct Bars<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) layout: &'a Layout,
    pub(super) rows: &'a [Row],
}

impl Bars<'_> {
    pub(super) fn draw(&self, svg: &mut Svg) {
        let could = self.could();
        for (n, row) in self.rows.iter().enumerate() {
            let y = self.layout.row(n);
            svg.titled(&self.hover(row), |svg| {
                self.name(svg, row, y);
                if let Some(from) = could.get(&row.node).filter(|from| **from < row.from) {
                    let area = self.area(*from, from.saturating_add(row.to - row.from), y);
                    svg.rect(area, 2.5, "could");
                }
                let area = self.area(row.from, row.to, y);
                svg.rect(area, 2.5, if row.is_model { "model" } else { "work" });
                let is_seen =
                    |(from, to): &&(u64, u64)| area[2] < SHORT || self.layout.at(*to) - self.layout.at(*from) >= SEEN;
                for (from, to) in row.critical.iter().filter(is_seen) {
                    let [x, y, width, height] = self.area(*from, *to, y);
                    svg.rect([x, y + height - PATH, width, PATH], 1.0, "path");
                }
                self.time(svg, row, area, y + 15.0);
            });
        }
    }

    /// Where spans of findings could have begun: with the first of them. Those of a unit stay behind each other.
    fn could(&self) -> BTreeMap<NodeId, u64> {
        let node = |node: NodeId| self.analysis.trace.node(node);
        let mut could = BTreeMap::new();
        for finding in &self.analysis.diagnosis.findings {
            let firsts = finding.units.iter().filter_map(|unit| unit.first());
            let Some(begin) = firsts.map(|first| node(*first).start).min() else { continue };
            for unit in &finding.units {
                let Some(first) = unit.first().map(|first| node(*first).start) else { continue };
                could.extend(unit.iter().map(|part| (*part, begin + node(*part).start.saturating_sub(first))));
            }
        }
        could
    }

    fn name(&self, svg: &mut Svg, row: &Row, y: f64) {
        let x = Layout::MARGIN + Layout::indent(row.depth);
        let room = Layout::room(row.depth);
        let name = cut(&row.name, letters(room, 12.0));
        let used = text_width(&name, 12.0) + 10.0;
        svg.text((x, y + 15.0), Anchor::Start, "", &name);
        let quiet: Vec<String> = row.detail.iter().cloned().chain(row.hidden()).collect();
        let most = letters(room - used, SIZE);
        if most > 3 && !quiet.is_empty() {
            svg.text((x + used, y + 15.0), Anchor::Start, "quiet", &cut(&quiet.join("  "), most));
        }
    }

    /// In the bar if it has room there, or else beside it.
    fn time(&self, svg: &mut Svg, row: &Row, [x, _, width, _]: [f64; 4], y: f64) {
        let notes: String = row.notes.iter().map(|note| format!(", {note}")).collect();
        let text = format!("{}{notes}", duration(row.to - row.from));
        let needs = text_width(&text, SIZE) + 10.0;
        if width > needs {
            let class = if row.is_model { "on-model" } else { "on-work" };
            svg.text((x + 6.0, y - 1.0), Anchor::Start, class, &text);
        } else if x + width + needs < Layout::RIGHT + 20.0 {
            svg.text((x + width + 5.0, y), Anchor::Start, "beside", &text);
        } else {
            svg.text((x - 5.0, y), Anchor::End, "beside", &text);
        }
    }

    fn area(&self, from: u64, to: u64, y: f64) -> [f64; 4] {
        let (left, right) = (self.layout.at(from), self.layout.at(to));
        [left, y + (Layout::ROW - Layout::BAR) / 2.0, (right - left).max(1.5), Layout::BAR]
    }

    fn hover(&self, row: &Row) -> String {
        let node = self.analysis.trace.node(row.node);
        let service = if node.span.service.is_empty() { String::new() } else { format!(" ({})", node.span.service) };
        let notes: String = row.notes.iter().map(|note| format!("\n{note}")).collect();
        format!(
            "{}{service}\nbegan at {}, took {}\nits own work {}, of that on the critical path {}{notes}",
            cut(&row.label(), 120),
            duration(node.start),
            duration(node.duration()),
            duration(self.analysis.self_time(row.node)),
            duration(self.analysis.critical_time(row.node)),
        )
    }
}
