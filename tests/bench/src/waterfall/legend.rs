//! The title, and what the colours mean.

use super::{
    chart::colour,
    layout::Layout,
    svg::{Anchor, Svg},
};

pub(super) fn draw(svg: &mut Svg, layout: &Layout, scale: f64) {
    let x = Layout::MARGIN;
    let title = "Where the time of a cold request goes";
    svg.text((x, 30.0), Anchor::Start, "title", title);
    let unit = if scale == 1.0 {
        "seconds, measured".to_owned()
    } else {
        format!("seconds, measured at {scale} of real time")
    };
    svg.text((layout.width() - Layout::MARGIN, 30.0), Anchor::End, "quiet", &unit);
    let entries = [
        (colour::INVOCATION, "Lambda invocation"),
        (colour::SUMMARY, "model: summaries of a day"),
        (colour::MERGE, "model: memory of a person"),
    ];
    let mut x = x;
    for (fill, label) in entries {
        svg.rect([x, 45.0, 18.0, 10.0], &format!(r#"rx="2" fill="{fill}""#));
        svg.text((x + 24.0, 54.0), Anchor::Start, "beside", label);
        x += 44.0 + 6.0 * label.len() as f64;
    }
    svg.rect([x, 45.0, 18.0, 10.0], &format!(r#"rx="2" fill="none" {}"#, colour::CRITICAL));
    svg.text((x + 24.0, 54.0), Anchor::Start, "beside", "critical path: the slowest day, then the slowest merge");
}
