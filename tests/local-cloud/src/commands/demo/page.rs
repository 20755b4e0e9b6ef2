//! What the demo prints, at most 100 columns wide.

use std::{
    io::{IsTerminal, Write},
    time::Instant,
};

use local_cloud::Counters;

use super::{
    ask::Memory,
    sources::{Source, Sources},
    text::{days_on_their_own_lines, first_lines, wrap},
};

const WIDTH: usize = 98;
/// Where the text of a person begins, behind the name.
const INDENT: usize = 9;

/// Something that takes a while: on a terminal it is named when it begins, and one line remains when it is done.
pub(super) struct Step {
    label: &'static str,
    started: Instant,
}

/// Something that took a while.
pub(super) struct Took {
    label: &'static str,
    seconds: f32,
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

    /// What it took until now.
    pub(super) fn end(self) -> Took {
        Took { label: self.label, seconds: self.started.elapsed().as_secs_f32() }
    }

    /// Says how long it took, and what came of it.
    pub(super) fn done(self, note: &str) {
        self.end().done(note);
    }
}

impl Took {
    /// Says how long it took, and what came of it.
    pub(super) fn done(self, note: &str) {
        let start_of_line = if std::io::stdout().is_terminal() { "\r" } else { "" };
        let line = format!("{:<42} {:>6.2} s   {note}", self.label, self.seconds);
        println!("{start_of_line}{}", line.trim_end());
    }
}

/// The people and what it cost.
pub(super) struct Page {
    /// With everything that is known, and not a line or two a person.
    pub(super) all: bool,
}

impl Page {
    /// One person: the text, and where it comes from.
    pub(super) fn person(&self, name: &str, memory: &Memory<'_>, sources: &Sources) {
        let Some(text) = memory.text else {
            println!();
            return labelled(name, "nothing yet");
        };
        if self.all {
            println!("\n{name}  ({})", explain(memory.source));
            for line in wrap(&days_on_their_own_lines(text), WIDTH - 2) {
                println!("  {line}");
            }
            sources.examples.iter().for_each(|source| labelled("  from", &source.to_string()));
        } else {
            println!();
            labelled_lines(name, &first_lines(text, WIDTH - INDENT, 2));
            labelled_lines("", &first_lines(&format!("from {}", in_short(sources)), WIDTH - INDENT, 1));
        }
    }

    /// What the first question cost, and what became of each day.
    pub(super) fn cost(&self, days: &[(String, String)], cost: &Counters, stand_in: bool) {
        println!();
        if self.all {
            let days: Vec<_> = days.iter().map(|(date, status)| format!("{date}\u{a0}{status}")).collect();
            labelled("Days", &days.join(", "));
        }
        let by_function = cost.lambda_invocations.iter().filter(|(_, count)| **count > 0);
        let names: Vec<_> = by_function.map(|(name, count)| format!("{count} of {name}")).collect();
        let calls = if stand_in { format!("{} model calls; ", cost.model_calls) } else { String::new() };
        labelled("Cost", &format!("{calls}invocations by get_memories: {}", names.join(", ")));
        if !self.all {
            labelled("More", "all of each memory and of what it came from: make demo ALL=1");
        }
        println!();
    }
}

/// How much there was, and one of it.
fn in_short(sources: &Sources) -> String {
    let Sources { facts, messages, days, examples } = sources;
    let plural = |count: &usize, what: &str| format!("{count} {what}{}", if *count == 1 { "" } else { "s" });
    let all = [plural(facts, "fact"), plural(messages, "message"), plural(days, "day")];
    let example = examples.iter().find_map(|source| match source {
        Source::Message { written, text } => Some(format!(", such as on {written}: {text}")),
        Source::Fact(_) => None,
    });
    format!("{} and {} of {}{}", all[0], all[1], all[2], example.unwrap_or_default())
}

fn labelled(label: &str, text: &str) {
    labelled_lines(label, &wrap(text, WIDTH - INDENT));
}

fn labelled_lines(label: &str, lines: &[String]) {
    for (number, line) in lines.iter().enumerate() {
        println!("{:<width$}{line}", if number == 0 { label } else { "" }, width = INDENT);
    }
}

fn explain(source: &str) -> &str {
    match source {
        "merged" => "merged just now from facts and days",
        "cached" => "merged before",
        "facts" => "facts only",
        "summary" => "one day's summary",
        "unmerged" => "facts and days, not merged yet",
        "last_known_good" => "merged before, and since then there is more",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_memory_comes_from_fits_a_line() {
        let message = Source::Message { written: "2026-11-21 11:14".into(), text: "PASSED!".into() };
        let sources = Sources { facts: 1, messages: 23, days: 6, examples: vec![Source::Fact("x".into()), message] };
        assert_eq!(in_short(&sources), "1 fact and 23 messages of 6 days, such as on 2026-11-21 11:14: PASSED!");
    }
}
