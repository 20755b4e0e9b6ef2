//! Ten fixed days and what must and must not be in the answer, judged by plain rules: words that are there or are not.

use std::{collections::BTreeMap, io::Write, time::Instant};

use anyhow::{Context as _, Result};
use guild_memory::ports::LanguageModel;
use serde::Deserialize;

use crate::{
    questions::{Account, Said, memory, summaries},
    watched::Watched,
};

const DAYS: &str = include_str!("days.json");

/// A day, or what is known of a person; and what is expected of the answer.
#[derive(Deserialize)]
struct Case {
    about: String,
    date: String,
    #[serde(default)]
    messages: Vec<Said>,
    /// Who it is to be merged for.
    person: Option<String>,
    #[serde(default)]
    facts: Vec<String>,
    #[serde(default)]
    days: Vec<String>,
    must: Vec<Must>,
    never: Vec<Never>,
}

#[derive(Deserialize)]
struct Must {
    of: String,
    #[serde(default)]
    account: u64,
    one_of: Vec<String>,
    why: String,
}

#[derive(Deserialize)]
struct Never {
    of: String,
    #[serde(default)]
    account: u64,
    says: Vec<String>,
    why: String,
}

/// What came of one model.
#[derive(Default)]
struct Score {
    expected: usize,
    met: usize,
    seconds: Vec<f64>,
    missed: Vec<String>,
}

/// Asks the model about every day, or about every person, tells what was missed, and gives its row of the table.
pub(super) async fn evaluate<M: LanguageModel>(
    model: &Watched<M>,
    merges: bool,
    out: &mut impl Write,
) -> Result<[String; 5]> {
    let cases: Vec<Case> = serde_json::from_str(DAYS).context("days.json")?;
    let mut score = Score::default();
    for case in cases.iter().filter(|case| case.person.is_some() == merges) {
        let begun = Instant::now();
        let answer = match &case.person {
            None => summaries(model, &case.date, &case.messages).await,
            Some(person) => memory(model, person, &case.facts, &case.date, &case.days).await,
        };
        score.seconds.push(begun.elapsed().as_secs_f64());
        match answer {
            Ok(texts) => score.judge(case, &texts),
            Err(error) => score.fail(case, &error),
        }
    }
    for missed in &score.missed {
        writeln!(out, "  {}: {missed}", model.name())?;
    }
    score.seconds.sort_by(f64::total_cmp);
    let median = score.seconds.get(score.seconds.len() / 2).copied().unwrap_or_default();
    let what = if merges { "merges" } else { "days" };
    let met = format!("{} of {}", score.met, score.expected);
    Ok([model.name(), what.to_owned(), met, format!("{median:.2}"), model.tokens()])
}

impl Score {
    fn judge(&mut self, case: &Case, texts: &BTreeMap<Account, String>) {
        let text = |of: &str, account| texts.get(&Account::new(of, account)).map_or("", String::as_str).to_lowercase();
        let says = |text: &str, words: &[String]| words.iter().any(|word| text.contains(&word.to_lowercase()));
        for must in &case.must {
            self.note(case, says(&text(&must.of, must.account), &must.one_of), &must.of, &must.why);
        }
        for never in &case.never {
            self.note(case, !says(&text(&never.of, never.account), &never.says), &never.of, &never.why);
        }
    }

    fn fail(&mut self, case: &Case, error: &anyhow::Error) {
        self.expected += case.must.len() + case.never.len();
        self.missed.push(format!("{}: FAILED: {error:#}", case.about));
    }

    fn note(&mut self, case: &Case, is_met: bool, of: &str, why: &str) {
        self.expected += 1;
        self.met += usize::from(is_met);
        if !is_met {
            self.missed.push(format!("{} ({of}): {why}", case.about));
        }
    }
}

/// Rows under their names, as wide as they need.
pub(super) fn table(rows: &[[String; 5]], out: &mut impl Write) -> Result<()> {
    const COLUMNS: [&str; 5] = ["model", "of", "as expected", "median s", "tokens: prompt, answer, thoughts"];
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([COLUMNS[column].chars().count()]).max().unwrap_or_default()
    };
    let mut line = |cells: &[String; 5]| {
        let cells: Vec<String> = (0..5).map(|column| format!("{:<1$}", cells[column], width(column))).collect();
        writeln!(out, "{}", cells.join("  ").trim_end())
    };
    line(&COLUMNS.map(str::to_owned))?;
    rows.iter().try_for_each(line)?;
    Ok(())
}
