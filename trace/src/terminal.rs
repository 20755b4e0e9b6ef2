//! A waterfall of characters.

use crate::{
    analysis::Analysis,
    axis,
    rows::{Row, Rows},
    sentences,
    units::{columns, cut, duration, wrapped},
};

/// How the terminal is.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Columns; fewer than 60 are taken for 60.
    pub width: usize,
    /// Whether it shows colours (ANSI escape sequences).
    pub has_colours: bool,
    /// How many spans have a row at the most.
    pub rows: usize,
}

const LEAST_WIDTH: usize = 60;
/// For a time such as `2 min 5 s`, and what is noted behind it.
const TIMES: usize = 26;
const MARKS: usize = 12;
const LEGEND: &str = "█ a model, ━ other work, on the critical path    ▒ ─ the same, beside it";

/// The waterfall, and what is to be said about it: many lines, each with its end.
#[must_use]
pub fn waterfall(analysis: &Analysis, terminal: Terminal) -> String {
    let width = terminal.width.max(LEAST_WIDTH);
    let rows = Rows::of(analysis, terminal.rows);
    let longest = rows.rows.iter().map(|row| columns(&label(row))).max().unwrap_or_default();
    let labels = longest.clamp(12, width * 2 / 5);
    let canvas = Canvas {
        labels,
        bars: width.saturating_sub(labels + 2 + TIMES).max(10),
        extent: analysis.trace.extent(),
        has_colours: terminal.has_colours,
    };
    let name = format!("{}  {}", cut(analysis.name(), width / 2), analysis.trace.id);
    let mut lines = vec![canvas.bold(&cut(&name, width)), sentences::headline(analysis), String::new(), canvas.axis()];
    lines.extend(rows.rows.iter().map(|row| canvas.row(row)));
    if rows.hidden > 0 {
        lines.push(format!("+{} shorter", rows.hidden));
    }
    lines.extend([format!("{:labels$}  {LEGEND}", ""), String::new()]);
    let mut said = vec![sentences::critical_path(analysis), sentences::verdict(analysis)];
    said.extend(sentences::findings(analysis));
    if !analysis.diagnosis.findings.is_empty() {
        said.push(sentences::CAVEAT.to_owned());
    }
    lines.extend(said.iter().flat_map(|text| wrapped(text, width)));
    lines.iter().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

struct Canvas {
    labels: usize,
    bars: usize,
    /// Nanoseconds.
    extent: u64,
    has_colours: bool,
}

impl Canvas {
    fn axis(&self) -> String {
        let mut line = " ".repeat(self.labels + 2);
        for mark in axis::marks(self.extent, self.bars / MARKS) {
            let at = self.labels + 2 + self.column(mark.at);
            if at >= columns(&line) {
                line += &" ".repeat(at - columns(&line));
                line += &mark.label;
            }
        }
        line
    }

    fn row(&self, row: &Row) -> String {
        let label = cut(&label(row), self.labels);
        let blanks = " ".repeat(self.labels - columns(&label).min(self.labels) + 2);
        let notes: String = row.notes.iter().map(|note| format!(", {note}")).collect();
        let time = format!("{}{notes}", duration(row.to - row.from));
        format!("{label}{blanks}{} {}", self.bar(row), cut(&time, TIMES - 1))
    }

    fn bar(&self, row: &Row) -> String {
        let part = |time: u64| if self.extent == 0 { 0.0 } else { time as f64 / self.extent as f64 };
        let (from, to) = (self.column(part(row.from)), self.column(part(row.to)));
        let (from, to) = (from.min(self.bars - 1), to.max(from + 1).min(self.bars));
        let is_critical = |column: usize| {
            let middle = (column as f64 + 0.5) / self.bars as f64;
            // A short row is on the path if any of it is.
            let is_short = to - from < 3;
            row.critical.iter().any(|(a, b)| is_short || (part(*a) <= middle && middle < part(*b)))
        };
        let mut bar = " ".repeat(from);
        for column in from..to {
            bar += &self.cell(row.is_model, is_critical(column));
        }
        bar + &" ".repeat(self.bars - to)
    }

    fn cell(&self, is_model: bool, is_critical: bool) -> String {
        let (sign, colour) = match (is_model, is_critical) {
            (true, true) => ("█", "94"),
            (true, false) => ("▒", "34"),
            (false, true) => ("━", "33"),
            (false, false) => ("─", "90"),
        };
        if self.has_colours { format!("\x1b[{colour}m{sign}\x1b[0m") } else { sign.to_owned() }
    }

    fn column(&self, part: f64) -> usize {
        (part * self.bars as f64).round() as usize
    }

    fn bold(&self, text: &str) -> String {
        if self.has_colours { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn label(row: &Row) -> String {
    let hidden = row.hidden().map_or_else(String::new, |hidden| format!("  {hidden}"));
    format!("{}{}{hidden}", "  ".repeat(row.depth.min(20)), row.label())
}
