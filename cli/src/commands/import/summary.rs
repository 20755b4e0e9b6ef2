//! What became of everything that was read.

use std::{collections::BTreeMap, time::Duration};

use guild_memory::{
    contract::{IngestReport, Skipped},
    domain::Day,
};
use indicatif::HumanCount;

use super::message::Skip;

/// Rejected messages that are named.
const EXAMPLES: usize = 3;

/// Counts.
#[derive(Debug, Default)]
pub(super) struct Summary {
    /// Messages and deletions that were read.
    pub(super) read: u64,
    counts: BTreeMap<&'static str, u64>,
    skipped: BTreeMap<&'static str, u64>,
    rejected: BTreeMap<String, Rejected>,
    pub(super) first: Option<Day>,
    pub(super) last: Option<Day>,
}

#[derive(Debug, Default)]
struct Rejected {
    count: u64,
    examples: Vec<String>,
}

impl Summary {
    pub(super) fn skip(&mut self, skip: Skip) {
        let reason = match skip {
            Skip::Bot => "bot",
            Skip::System => "system",
        };
        *self.skipped.entry(reason).or_default() += 1;
    }

    pub(super) fn reject(&mut self, which: String, reason: String) {
        let rejected = self.rejected.entry(reason).or_default();
        rejected.count += 1;
        if rejected.examples.len() < EXAMPLES {
            rejected.examples.push(which);
        }
    }

    pub(super) fn saw(&mut self, day: Day) {
        self.first = Some(self.first.map_or(day, |first| first.min(day)));
        self.last = Some(self.last.map_or(day, |last| last.max(day)));
    }

    /// Adds what became of a batch.
    pub(super) fn add(&mut self, report: IngestReport) {
        let counts = [
            ("stored", report.stored),
            ("updated", report.updated),
            ("unchanged", report.unchanged),
            ("deleted", report.deleted),
        ];
        for (what, count) in counts {
            *self.counts.entry(what).or_default() += count as u64;
        }
        let Skipped { bot, empty, opted_out, deleted, channel } = report.skipped;
        let skipped =
            [("bot", bot), ("empty", empty), ("opted_out", opted_out), ("deleted", deleted), ("channel", channel)];
        for (reason, count) in skipped.into_iter().filter(|(_, count)| *count > 0) {
            *self.skipped.entry(reason).or_default() += count as u64;
        }
        report.rejected.into_iter().for_each(|message| self.reject(format!("id {}", message.id), message.reason));
    }

    /// Whether something was rejected, and nothing else was to be stored: most likely it is the wrong file or option.
    pub(super) fn is_all_rejected(&self) -> bool {
        let rejected: u64 = self.rejected.values().map(|rejected| rejected.count).sum();
        let skipped: u64 = self.skipped.values().sum();
        rejected > 0 && rejected + skipped >= self.read
    }

    /// For people, a line a count.
    pub(super) fn text(&self, took: Duration, dry_run: bool) -> String {
        let mut lines = vec![self.headline(took)];
        if dry_run {
            lines.push("  nothing was sent (--dry-run)".to_owned());
        }
        for what in ["stored", "updated", "unchanged", "deleted"] {
            let count = self.counts.get(what).copied().unwrap_or_default();
            if count > 0 || (what == "stored" && !dry_run) {
                lines.push(line(count, what));
            }
        }
        lines.extend(self.skipped.iter().map(|(reason, count)| line(*count, &skip_words(reason))));
        for (reason, rejected) in &self.rejected {
            let examples = rejected.examples.join(", ");
            let and_more = if rejected.count > rejected.examples.len() as u64 { ", …" } else { "" };
            lines.push(line(rejected.count, &format!("rejected: {reason} ({examples}{and_more})")));
        }
        lines.join("\n")
    }

    fn headline(&self, took: Duration) -> String {
        let rate = self.read as f64 / took.as_secs_f64().max(0.001);
        let days = match (self.first, self.last) {
            (Some(first), Some(last)) => format!("; {first} to {last}"),
            _ => String::new(),
        };
        let read = HumanCount(self.read);
        format!("{read} messages in {:.1} s, {} a second{days}", took.as_secs_f64(), HumanCount(rate as u64))
    }
}

fn line(count: u64, what: &str) -> String {
    format!("{:>12} {what}", HumanCount(count).to_string())
}

fn skip_words(reason: &str) -> String {
    let why = match reason {
        "bot" => "written by bots",
        "system" => "written by Discord itself",
        "empty" => "neither text nor attachments",
        "opted_out" => "their authors opted out, or did not opt in where that is asked for",
        "deleted" => "deleted before",
        "channel" => "in channels that are not open to everybody, or that the guild does not have read",
        other => other,
    };
    format!("left out: {why}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn everything_that_was_read_is_accounted_for() {
        let mut summary = Summary { read: 10_226, ..Summary::default() };
        summary.skip(Skip::System);
        summary.reject("message 7 of the file".into(), "it is broken JSON".into());
        for day in ["2025-07-04", "2025-06-28"] {
            summary.saw(day.parse().unwrap());
        }
        let report = json!({
            "stored": 10_220, "updated": 0, "unchanged": 1, "deleted": 0, "skipped": {"bot": 2, "empty": 0},
            "rejected": [{"id": "x", "reason": "id: not a snowflake"}], "days_changed": []
        });
        summary.add(serde_json::from_value(report).unwrap());
        let text = "\
10,226 messages in 2.0 s, 5,113 a second; 2025-06-28 to 2025-07-04
      10,220 stored
           1 unchanged
           2 left out: written by bots
           1 left out: written by Discord itself
           1 rejected: id: not a snowflake (id x)
           1 rejected: it is broken JSON (message 7 of the file)";
        assert_eq!(summary.text(Duration::from_secs(2), false), text);
        assert!(!summary.is_all_rejected());
    }

    #[test]
    fn nothing_but_rejected_messages_is_told_apart_from_nothing_to_do() {
        let mut summary = Summary { read: 2, ..Summary::default() };
        summary.skip(Skip::Bot);
        summary.skip(Skip::Bot);
        assert!(!summary.is_all_rejected());
        summary.read = 3;
        summary.reject("message 3 of the file".into(), "it is broken JSON".into());
        assert!(summary.is_all_rejected());
        summary.read = 4;
        assert!(!summary.is_all_rejected());
    }
}
