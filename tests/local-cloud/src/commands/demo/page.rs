//! What the demo prints, at most 100 columns wide.

use std::{io::Write, time::Instant};

use anyhow::Result;
use local_cloud::Counters;

use super::{ask::Memory, sources::Source};

const WIDTH: usize = 98;

/// Prints what is being done while it is done, and then how long it took.
pub(super) fn step<T>(label: &str, work: impl FnOnce() -> Result<(T, String)>) -> Result<T> {
    let started = Instant::now();
    print!("{label} …");
    std::io::stdout().flush()?;
    let (value, note) = work()?;
    print!("\r");
    done(label, started, &note);
    Ok(value)
}

/// One line: what, how long, and what came of it.
pub(super) fn done(label: &str, started: Instant, note: &str) {
    println!(
        "{label:<48} {:>6.2} s   {note}",
        started.elapsed().as_secs_f32()
    );
}

/// One person: the text, and what it came from.
pub(super) fn memory(name: &str, memory: &Memory<'_>, sources: &[Source]) {
    println!("{name}  ({})", explain(memory.source));
    for line in wrap(memory.text, WIDTH - 2) {
        println!("  {line}");
    }
    for (index, source) in sources.iter().enumerate() {
        let label = if index == 0 { "from" } else { "" };
        let lines = wrap(&source.to_string(), WIDTH - 9);
        for (number, line) in lines.iter().enumerate() {
            println!(
                "  {:<4} {} {line}",
                if number == 0 { label } else { "" },
                if number == 0 { "·" } else { " " }
            );
        }
    }
    println!();
}

/// What became of each day.
pub(super) fn days(days: &[(String, String)]) {
    let days: Vec<_> = days
        .iter()
        .map(|(date, status)| format!("{date}\u{a0}{status}"))
        .collect();
    for (number, line) in wrap(&days.join(", "), WIDTH - 9).iter().enumerate() {
        println!("{:<8} {line}", if number == 0 { "Days" } else { "" });
    }
}

/// What the first question cost.
pub(super) fn cost(cost: &Counters, stand_in: bool) {
    let calls = if stand_in {
        format!("{} calls of the stand-in model, ", cost.model_calls)
    } else {
        String::new()
    };
    let by_function: Vec<_> = cost
        .lambda_invocations
        .iter()
        .filter(|(_, count)| **count > 0)
        .collect();
    let names: Vec<_> = by_function
        .iter()
        .map(|(name, count)| format!("{count} of {name}"))
        .collect();
    println!(
        "{:<8} {calls}Lambda invocations made by get_memories: {}",
        "Cost",
        names.join(", ")
    );
}

/// The end of a long text.
pub(super) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
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
    fn the_end_of_a_text_is_its_last_lines() {
        assert_eq!(last_lines("a\nb\nc", 2), "b\nc");
        assert_eq!(last_lines("a", 2), "a");
    }
}
