//! Waterfalls as pictures.
//!
//! ```text
//!                                        0        10 s      20 s
//!   build_memories                       ▐███████████████████████▌ 36.5 s
//!     get_memories  user_id 10           ▐█████████▌ 15.5 s            ┐
//!     get_memories  user_id 11           ┆  ┆       ▐███▌ 5.5 s        │ 1: −21.0 s
//!     …                                  ┆ where it could have been    ┘
//! Sequential: …
//! ```

mod bars;
mod brackets;
mod chart;
mod layout;
mod legend;

use crate::{
    analysis::Analysis,
    sentences,
    svg::{Anchor, Svg, letters},
    units::{cut, duration},
};
use chart::Chart;
use layout::Layout;

/// A trace in a picture with others.
#[derive(Debug, Clone, Copy)]
pub struct Panel<'a> {
    /// What stands above it.
    pub heading: &'a str,
    /// What is drawn.
    pub analysis: &'a Analysis,
}

/// The waterfall as an SVG file that needs nothing else: light and dark, and readable by a screen reader.
#[must_use]
pub fn picture(analysis: &Analysis) -> String {
    let title = format!("{}: where {} went", cut(analysis.name(), 60), duration(analysis.trace.length()));
    let chart = Chart::new(analysis, analysis.trace.extent(), None, Layout::BELOW_LEGEND);
    draw(&title, &sentences::headline(analysis), &[chart])
}

/// Several traces below each other, in the same scale, so that they can be compared.
#[must_use]
pub fn comparison(title: &str, subtitle: &str, panels: &[Panel<'_>]) -> String {
    let extent = panels.iter().map(|panel| panel.analysis.trace.extent()).max().unwrap_or_default();
    let mut top = Layout::BELOW_LEGEND;
    let charts: Vec<Chart<'_>> = panels
        .iter()
        .map(|panel| {
            let chart = Chart::new(panel.analysis, extent, Some(panel.heading), top);
            top = chart.bottom() + Layout::BETWEEN;
            chart
        })
        .collect();
    draw(title, subtitle, &charts)
}

fn draw(title: &str, subtitle: &str, charts: &[Chart<'_>]) -> String {
    let mut svg = Svg::default();
    let height = charts.last().map_or(Layout::BELOW_LEGEND, Chart::bottom) + Layout::MARGIN;
    svg.rect([0.5, 0.5, Layout::WIDTH - 1.0, height - 1.0], 10.0, "paper");
    let room = Layout::WIDTH - 2.0 * Layout::MARGIN;
    svg.text((Layout::MARGIN, 32.0), Anchor::Start, "title", &cut(title, letters(room, 15.0)));
    svg.text((Layout::MARGIN, 52.0), Anchor::Start, "", &cut(subtitle, letters(room, 12.0)));
    let analyses: Vec<&Analysis> = charts.iter().map(|chart| chart.analysis).collect();
    legend::draw(&mut svg, 70.0, &analyses);
    for chart in charts {
        chart.draw(&mut svg);
    }
    let said: Vec<String> = charts.iter().map(Chart::description).collect();
    svg.finish((Layout::WIDTH, height), title, &format!("{subtitle}. {}", said.join(" ")))
}
