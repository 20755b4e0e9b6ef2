//! What belongs to a finding, beside the rows.

use std::collections::BTreeMap;

use super::layout::Layout;
use crate::{
    analysis::Analysis,
    diagnosis::Finding,
    rows::Row,
    svg::{Anchor, Svg},
    trace::NodeId,
    units::duration,
};

/// From one column of brackets to the next: two have room.
const COLUMN: f64 = 82.0;
const COLUMNS: usize = 2;

/// A bracket with its number and what it saves, for each finding that has room and of which two spans have rows.
pub(super) fn draw(svg: &mut Svg, layout: &Layout, analysis: &Analysis, rows: &[Row]) {
    let rows: BTreeMap<NodeId, usize> = (0..).zip(rows).map(|(n, row)| (row.node, n)).collect();
    // Up to where each column is taken, by rows.
    let mut taken: [Vec<(usize, usize)>; COLUMNS] = Default::default();
    for (number, finding) in (1..).zip(&analysis.diagnosis.findings) {
        let Some((first, last)) = span_of(finding, &rows) else { continue };
        let is_free = |column: &Vec<(usize, usize)>| column.iter().all(|(from, to)| last < *from || *to < first);
        let Some(column) = taken.iter().position(is_free) else { continue };
        taken[column].push((first, last));
        let x = Layout::RIGHT + 26.0 + column as f64 * COLUMN;
        let (top, bottom) = (layout.row(first) + 4.0, (layout.row(last) + Layout::ROW - 4.0).min(layout.rows_end()));
        svg.bracket(x, [top, bottom], "bracket");
        let middle = (top + bottom) / 2.0;
        svg.text((x + 5.0, middle - 2.0), Anchor::Start, "saved", &format!("{number}."));
        svg.text((x + 5.0, middle + 11.0), Anchor::Start, "saved", &format!("−{}", duration(finding.saves())));
    }
}

/// The first and the last row of a finding.
fn span_of(finding: &Finding, rows: &BTreeMap<NodeId, usize>) -> Option<(usize, usize)> {
    let found = || finding.units.iter().flatten().filter_map(|member| rows.get(member)).copied();
    let (first, last) = (found().min()?, found().max()?);
    (first < last).then_some((first, last))
}
