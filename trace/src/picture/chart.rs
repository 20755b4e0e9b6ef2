//! One trace: its axis, its rows, and what is said about it.

use super::{bars::Bars, brackets, layout::Layout};
use crate::{
    analysis::Analysis,
    axis,
    rows::Rows,
    sentences,
    svg::{Anchor, Svg, letters},
    units::{cut, wrapped},
};

/// So many spans have a row at the most.
const ROWS: usize = 120;
/// The least space between two marks of the axis.
const MARKS: f64 = 70.0;

pub(super) struct Chart<'a> {
    pub(super) analysis: &'a Analysis,
    heading: Option<&'a str>,
    rows: Rows,
    layout: Layout,
    /// The words below the rows, in lines, each with its class.
    said: Vec<(&'static str, String)>,
}

impl<'a> Chart<'a> {
    /// A trace that begins at `top`, on an axis of `extent` nanoseconds. Under a heading there are others beside it: fewer words
    /// are made.
    pub(super) fn new(analysis: &'a Analysis, extent: u64, heading: Option<&'a str>, top: f64) -> Self {
        let rows = Rows::of(analysis, ROWS);
        let heading_height = if heading.is_some() { Layout::HEADING } else { 0.0 };
        let layout = Layout::new(extent, top + heading_height, rows.rows.len());
        let said = said(analysis, &rows, heading.is_none());
        Self { analysis, heading, rows, layout, said }
    }

    /// Where it ends.
    pub(super) fn bottom(&self) -> f64 {
        self.layout.words() + (self.said.len().max(1) - 1) as f64 * Layout::LINE
    }

    /// What it shows, in words.
    pub(super) fn description(&self) -> String {
        let said = self.said.iter().map(|(_, line)| line.as_str());
        self.heading.into_iter().chain(said).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn draw(&self, svg: &mut Svg) {
        if let Some(heading) = self.heading {
            let y = self.layout.axis() - Layout::HEADING;
            svg.text((Layout::MARGIN, y), Anchor::Start, "head", &cut(heading, letters(Layout::WIDTH - 40.0, 12.0)));
        }
        self.axis(svg);
        Bars { analysis: self.analysis, layout: &self.layout, rows: &self.rows.rows }.draw(svg);
        brackets::draw(svg, &self.layout, self.analysis, &self.rows.rows);
        for (n, (class, line)) in self.said.iter().enumerate() {
            let y = self.layout.words() + n as f64 * Layout::LINE;
            svg.text((Layout::MARGIN, y), Anchor::Start, class, line);
        }
    }

    fn axis(&self, svg: &mut Svg) {
        for mark in axis::marks(self.layout.extent(), (Layout::CHART / MARKS) as usize) {
            let x = Layout::LEFT + mark.at * Layout::CHART;
            svg.line([x, self.layout.row(0) - 4.0, x, self.layout.rows_end()], "grid");
            svg.text((x, self.layout.axis()), Anchor::Middle, "quiet", &mark.label);
        }
    }
}

fn said(analysis: &Analysis, rows: &Rows, has_details: bool) -> Vec<(&'static str, String)> {
    let hidden = (rows.hidden > 0).then(|| format!("{} shorter spans are not drawn.", rows.hidden));
    let details = if has_details { sentences::details(analysis) } else { Vec::new() };
    let class = if has_details { "head" } else { "" };
    let details = details.into_iter().chain(hidden).map(|text| ("", text));
    let room = letters(Layout::WIDTH - 2.0 * Layout::MARGIN, 12.0);
    let all = std::iter::once((class, sentences::verdict(analysis))).chain(details);
    all.flat_map(|(class, text)| wrapped(&text, room).into_iter().map(move |line| (class, cut(&line, room)))).collect()
}
