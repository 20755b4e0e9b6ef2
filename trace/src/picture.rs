//! A waterfall as a picture.
//!
//! ```text
//! get_memories                           0        10 s      20 s
//! in a model …
//!   build_memories                       ▐███████████████████████▌ 36.5 s
//!     get_memories  user_id 10           ▐█████████▌ 15.5 s            ┐
//!     get_memories  user_id 11           ┆  ┆       ▐███▌ 5.5 s        │ 1: −21.0 s
//!     …                                  ┆ where it could have been    ┘
//! Critical path …
//! ```

mod bars;
mod brackets;
mod layout;

use crate::{
    analysis::Analysis,
    axis,
    rows::Rows,
    sentences,
    svg::{Anchor, Svg, letters, text_width},
    units::{cut, duration, wrapped},
};
use bars::Bars;
use layout::Layout;

/// So many spans have a row at the most.
const ROWS: usize = 120;
/// The least space between two marks of the axis.
const MARKS: f64 = 70.0;

/// The waterfall as an SVG file that needs nothing else: light and dark, and readable by a screen reader.
#[must_use]
pub fn picture(analysis: &Analysis) -> String {
    let rows = Rows::of(analysis, ROWS);
    let layout = Layout::of(analysis.trace.extent(), rows.rows.len());
    let said = said(analysis, &rows);
    let mut svg = Svg::default();
    let height = layout.bottom() + said.len() as f64 * Layout::LINE + 4.0;
    svg.rect([0.5, 0.5, Layout::WIDTH - 1.0, height - 1.0], 10.0, "paper");
    heading(&mut svg, analysis);
    grid(&mut svg, &layout, analysis.trace.extent());
    Bars { analysis, layout: &layout, rows: &rows.rows }.draw(&mut svg);
    brackets::draw(&mut svg, &layout, analysis, &rows.rows);
    for (n, (class, line)) in said.iter().enumerate() {
        let y = layout.bottom() + n as f64 * Layout::LINE;
        svg.text((Layout::MARGIN, y), Anchor::Start, class, line);
    }
    let title = format!("{}: where {} went", analysis.name(), duration(analysis.trace.length()));
    let said: Vec<&str> = said.iter().map(|(_, line)| line.as_str()).collect();
    let description = format!("{}. {}", sentences::headline(analysis), said.join(" "));
    svg.finish((Layout::WIDTH, height), &title, &description)
}

fn heading(svg: &mut Svg, analysis: &Analysis) {
    let room = Layout::WIDTH - 2.0 * Layout::MARGIN;
    let title = format!("{}: where {} went", cut(analysis.name(), 60), duration(analysis.trace.length()));
    svg.text((Layout::MARGIN, 32.0), Anchor::Start, "title", &cut(&title, letters(room, 15.0)));
    svg.text((Layout::MARGIN, 52.0), Anchor::Start, "", &cut(&sentences::headline(analysis), letters(room, 12.0)));
    let y = 70.0;
    let mut x = Layout::MARGIN;
    let mut entries = vec![("work", "other work"), ("path", "critical path")];
    if !analysis.model.calls.is_empty() {
        entries.insert(0, ("model", "a model at work"));
    }
    if !analysis.diagnosis.findings.is_empty() {
        entries.push(("could", "where it could have run"));
    }
    for (class, label) in entries {
        let area = if class == "path" { [x, y - 4.0, 18.0, 3.0] } else { [x, y - 9.0, 18.0, 10.0] };
        svg.rect(area, 2.0, class);
        svg.text((x + 24.0, y), Anchor::Start, "beside", label);
        x += 24.0 + text_width(label, 11.0) + 18.0;
    }
}

fn grid(svg: &mut Svg, layout: &Layout, extent: u64) {
    for mark in axis::marks(extent, (Layout::CHART / MARKS) as usize) {
        let x = Layout::LEFT + mark.at * Layout::CHART;
        svg.line([x, Layout::TOP - 4.0, x, layout.rows_end()], "grid");
        svg.text((x, Layout::TOP - 10.0), Anchor::Middle, "quiet", &mark.label);
    }
}

/// The words below the rows, in lines, each with its class.
fn said(analysis: &Analysis, rows: &Rows) -> Vec<(&'static str, String)> {
    let hidden = (rows.hidden > 0).then(|| format!("{} shorter spans are not drawn.", rows.hidden));
    let details = sentences::details(analysis).into_iter().chain(hidden).map(|text| ("", text));
    let room = letters(Layout::WIDTH - 2.0 * Layout::MARGIN, 12.0);
    let all = std::iter::once(("head", sentences::verdict(analysis))).chain(details);
    all.flat_map(|(class, text)| wrapped(&text, room).into_iter().map(move |line| (class, cut(&line, room)))).collect()
}
