//! What the demo prints, at most 100 columns wide.

use std::{
    io::{IsTerminal, Write},
    time::Instant,
};

use local_cloud::Counters;

use super::{ask::Memory, sources::Source};

const WIDTH: usize = 98;

/// Something that takes a while: on a terminal it is named when it begins, and one line remains when it is done.
pub(super) struct Step {
    label: &'static str,
    started: Instant,
}

impl Step {
    pub(super) fn begin(label: &'static str) -> Self {
        if std::io::stdout().is_terminal() {
            print!("{label} …");
            // Nothing depends on whether it can be seen.
            let _ = std::io::stdout().flush();
        }
        Self { label, started: Instant::now() }
    }

    /// Says how long it took, and what came of it.
    pub(super) fn done(self, note: &str) {
        let start_of_line = if std::io::stdout().is_terminal() { "\r" } else { "" };
        let seconds = self.started.elapsed().as_secs_f32();
        println!("{start_of_line}{:<46} {seconds:>6.2} s   {note}", self.label);
    }
}

/// One person: the text, and what it came from.
pub(super) fn memory(name: &str, memory: &Memory<'_>, sources: &[Source]) {
    println!("\n{name}  ({})", explain(memory.source));
    for line in wrap(&with_days_on_their_own_lines(memory.text), WIDTH - 2) {
        println!("  {line}");
    }
    for source in sources {
        labelled("    from", &source.to_string());
    }
}

/// What became of each day.
pub(super) fn days(days: &[(String, String)]) {
    let days: Vec<_> = days.iter().map(|(date, status)| format!("{date}\u{a0}{status}")).collect();
    println!();
    labelled("Days", &days.join(", "));
}

/// What the first question cost.
pub(super) fn cost(cost: &Counters, stand_in: bool) {
    let by_function = cost.lambda_invocations.iter().filter(|(_, count)| **count > 0);
    let names: Vec<_> = by_function.map(|(name, count)| format!("{count} of {name}")).collect();
    let calls = if stand_in { format!("{} model calls; ", cost.model_calls) } else { String::new() };
    labelled("Cost", &format!("{calls}Lambda invocations made by get_memories: {}", names.join(", ")));
}

/// The end of a long text.
pub(super) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

fn labelled(label: &str, text: &str) {
    for (number, line) in wrap(text, WIDTH - 10).iter().enumerate() {
        println!("{:<9} {line}", if number == 0 { label } else { "" });
    }
}

fn explain(source: &str) -> &str {
    match source {
        "merged" => "merged just now from facts and days",
        "cached" => "merged before",
        "facts" => "facts only",
        "summary" => "one day's summary",
        other => other,
    }
}

/// The stand-in writes one long line; "2025-07-03: " begins another day.
fn with_days_on_their_own_lines(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let lines = words.chunk_by(|_, next| !is_date(next));
    lines.map(|line| line.join(" ")).collect::<Vec<_>>().join("\n")
}

fn is_date(word: &str) -> bool {
    word.strip_suffix(':').is_some_and(|date| date.parse::<jiff::civil::Date>().is_ok())
}

/// Breaks at spaces; a word longer than a line stays whole.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrap("one two three\nfour", 7), ["one two", "three", "four"]);
        assert_eq!(wrap("extraordinary", 5), ["extraordinary"]);
    }

    #[test]
    fn each_day_has_a_line() {
        let text = "Ann. Likes 2: 3. 2025-07-03: ran. 2025-07-02: slept.";
        assert_eq!(with_days_on_their_own_lines(text), "Ann. Likes 2: 3.\n2025-07-03: ran.\n2025-07-02: slept.");
    }

    #[test]
    fn the_end_of_a_text_is_its_last_lines() {
        assert_eq!(last_lines("a\nb\nc", 2), "b\nc");
        assert_eq!(last_lines("a", 2), "a");
    }
}
