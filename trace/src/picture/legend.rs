//! What the colours mean.

use super::layout::Layout;
use crate::{
    analysis::Analysis,
    svg::{Anchor, Svg, text_width},
};

/// Only what is in the picture is explained.
pub(super) fn draw(svg: &mut Svg, y: f64, analyses: &[&Analysis]) {
    let has = |what: fn(&Analysis) -> bool| analyses.iter().any(|analysis| what(analysis));
    let entries = [
        ("model", "a model at work", has(|analysis| !analysis.model.calls.is_empty())),
        ("work", "other work", true),
        ("path", "critical path", true),
        ("could", "where it could have run", has(|analysis| !analysis.diagnosis.findings.is_empty())),
    ];
    let mut x = Layout::MARGIN;
    for (class, label, _) in entries.into_iter().filter(|(_, _, is_there)| *is_there) {
        let area = if class == "path" { [x, y - 4.0, 18.0, 3.0] } else { [x, y - 9.0, 18.0, 10.0] };
        svg.rect(area, 2.0, class);
        svg.text((x + 24.0, y), Anchor::Start, "beside", label);
        x += 24.0 + text_width(label, 11.0) + 18.0;
    }
}
