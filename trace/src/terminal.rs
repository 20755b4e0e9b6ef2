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
/// The least and the most that a time such as `2 min 5 s` has room for, with what is noted behind it.
const TIMES: [usize; 2] = [7, 26];
/// From one mark of the axis to the next.
const MARKS: usize = 9;
const LEGEND: &str = "On the critical path: █ a model, ━ other work; beside it: ▒ a model, ─ other work.";

/// The waterfall, and what is to be said about it: many lines, each with its end.
#[must_use]
pub fn waterfall(analysis: &Analysis, terminal: Terminal) -> String {
    let width = terminal.width.max(LEAST_WIDTH);
    let rows = Rows::of(analysis, terminal.rows);
    let longest = rows.rows.iter().map(|row| columns(&label(row))).max().unwrap_or_default();
    let labels = longest.clamp(12, width * 2 / 5);
    let times = rows.rows.iter().map(|row| columns(&time(row))).max().unwrap_or_default().clamp(TIMES[0], TIMES[1]);
    let canvas = Canvas {
        labels,
        times,
        bars: width.saturating_sub(labels + 2 + 1 + times).max(10),
        extent: analysis.trace.extent(),
        has_colours: terminal.has_colours,
    };
    let name = format!("{}  {}", cut(analysis.name(), width / 2), analysis.trace.id);
    let mut lines = vec![canvas.bold(&cut(&name, width))];
    lines.extend(wrapped(&sentences::headline(analysis), width));
    lines.extend([String::new(), canvas.axis()]);
    lines.extend(rows.rows.iter().map(|row| canvas.row(row)));
    if rows.hidden > 0 {
        lines.push(format!("+{} shorter", rows.hidden));
    }
    lines.push(String::new());
    lines.extend(wrapped(LEGEND, width));
    lines.push(String::new());
    let mut said = wrapped(&sentences::verdict(analysis), width).into_iter().map(|line| canvas.bold(&line)).collect();
    lines.append(&mut said);
    lines.extend(sentences::details(analysis).iter().flat_map(|text| wrapped(text, width)));
    lines.iter().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// Columns for names, for bars and for times.
struct Canvas {
    labels: usize,
    times: usize,
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
            if at >= columns(&line) && at + columns(&mark.label) <= self.labels + 3 + self.bars + self.times {
                line += &" ".repeat(at - columns(&line));
                line += &mark.label;
            }
        }
        line
    }

    fn row(&self, row: &Row) -> String {
        let label = cut(&label(row), self.labels);
        let blanks = " ".repeat(self.labels - columns(&label).min(self.labels) + 2);
        format!("{label}{blanks}{} {}", self.bar(row), cut(&time(row), self.times))
    }

    fn bar(&self, row: &Row) -> String {
        let part = |time: u64| if self.extent == 0 { 0.0 } else { time as f64 / self.extent as f64 };
        let (from, to) = (self.column(part(row.from)), self.column(part(row.to)));
        let (from, to) = (from.min(self.bars - 1), to.max(from + 1).min(self.bars));
        let is_critical = |column: usize| {
            // Bars begin and end between columns.
            let middle =
                ((column as f64 + 0.5) / self.bars as f64).max(part(row.from)).min(part(row.to.saturating_sub(1)));
            row.critical.iter().any(|(a, b)| part(*a) <= middle && middle < part(*b))
        };
        let mut bar = " ".repeat(from);
        let mut colour = "";
        for column in from..to {
            let (sign, own) = cell(row.is_model, is_critical(column));
            if self.has_colours && own != colour {
                bar += &format!("\x1b[{own}m");
                colour = own;
            }
            bar.push(sign);
        }
        let end = if self.has_colours { "\x1b[0m" } else { "" };
        bar + end + &" ".repeat(self.bars - to)
    }

    fn column(&self, part: f64) -> usize {
        (part * self.bars as f64).round() as usize
    }

    fn bold(&self, text: &str) -> String {
        if self.has_colours { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// How a column of a bar looks: its sign, and its colour in ANSI's numbers.
fn cell(is_model: bool, is_critical: bool) -> (char, &'static str) {
    match (is_model, is_critical) {
        (true, true) => ('█', "94"),
        (true, false) => ('▒', "34"),
        (false, true) => ('━', "33"),
        (false, false) => ('─', "90"),
    }
}

fn time(row: &Row) -> String {
    let notes: String = row.notes.iter().map(|note| format!(", {note}")).collect();
    format!("{}{notes}", duration(row.to - row.from))
}

fn label(row: &Row) -> String {
    let hidden = row.hidden().map_or_else(String::new, |hidden| format!("  {hidden}"));
    format!("{}{}{hidden}", "  ".repeat(row.depth.min(20)), row.label())
}
