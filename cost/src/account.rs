//! Lines, added up.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::line::Line;

/// Lambda charges what runs before the first invocation, up to that: more of it was waiting for somebody to ask.
const LONGEST_INIT_MS: f64 = 10_000.0;

/// What models were called for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Summaries of days.
    Days,
    /// Memories of people.
    Merges,
}

/// Calls of one model, and their tokens, by name.
pub type Call = BTreeMap<String, f64>;

/// What invocations took. One that was about several guilds counts for each with its share.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Account {
    /// Of all lines that were read, whomever they concern.
    pub lines: u64,
    /// Those that concern no guild.
    pub without_guild: u64,
    /// Invocations, by function.
    pub functions: BTreeMap<String, f64>,
    /// Memory times duration.
    pub gb_seconds: f64,
    /// By what they were called for, and the model without its options.
    pub models: BTreeMap<(Work, String), Call>,
    /// When the first line and the last were written.
    pub written: Option<(Timestamp, Timestamp)>,
    /// The guilds that were met.
    pub guilds: BTreeSet<String>,
    counts: BTreeMap<String, f64>,
}

impl Account {
    /// Adds a line, if it concerns `guild`, or whomever it concerns.
    pub fn add(&mut self, line: &Line, guild: Option<&str>) {
        self.lines += 1;
        let (first, last) = self.written.unwrap_or((line.timestamp, line.timestamp));
        self.written = Some((first.min(line.timestamp), last.max(line.timestamp)));
        self.guilds.extend(line.guilds.iter().cloned());
        if line.guilds.is_empty() {
            self.without_guild += 1;
        }
        let share = match guild {
            None => 1.0,
            Some(guild) if line.guilds.iter().any(|one| one == guild) => 1.0 / line.guilds.len() as f64,
            Some(_) => return,
        };
        *self.functions.entry(line.function.clone()).or_default() += share;
        // Lambda rounds up to the millisecond.
        let milliseconds = (line.duration_ms + line.init_ms.min(LONGEST_INIT_MS)).ceil();
        self.gb_seconds += share * line.memory_mb / 1_024.0 * milliseconds / 1_000.0;
        for (name, count) in line.counts() {
            *self.counts.entry(name.to_owned()).or_default() += share * count;
        }
        let work = work(line);
        for (model, numbers) in &line.models {
            let model = model.split('?').next().unwrap_or_default().to_owned();
            let sums = self.models.entry((work, model)).or_default();
            for (name, number) in numbers {
                *sums.entry(name.clone()).or_default() += share * number;
            }
        }
    }

    /// How often that was counted.
    #[must_use]
    pub fn count(&self, name: &str) -> f64 {
        self.counts.get(name).copied().unwrap_or_default()
    }

    /// Invocations of all functions.
    #[must_use]
    pub fn invocations(&self) -> f64 {
        self.functions.values().sum()
    }

    /// People who were answered, however. Who is kept warm has not asked.
    #[must_use]
    pub fn people(&self) -> f64 {
        ["merged", "cached", "facts", "summary", "last_known_good", "unmerged", "verbatim", "unknown"]
            .map(|source| self.count(&format!("people_{source}")))
            .iter()
            .sum()
    }
}

/// Only `get_memories` says who was answered.
fn work(line: &Line) -> Work {
    let of_people = |name: &str| name.starts_with("people_") || name.starts_with("warmed_");
    if line.counts().any(|(name, _)| of_people(name)) { Work::Merges } else { Work::Days }
}
