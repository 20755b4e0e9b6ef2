//! How long a model takes for a call alone, and with others at once; and the options that fit that.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use anyhow::Result;
use futures::future::join_all;
use guild_memory::ports::LanguageModel;

use crate::{questions::Question, watched::Watched};

/// Calls at once: each twice as many as before.
const AT_ONCE: [u32; 3] = [1, 2, 4];
/// Twice as many calls are worth it if they take less than this many times as long.
const WORTH: f64 = 1.5;
/// A day may be this many times as much work as the one that is measured, before `timeout` is in the way.
const SLOWER: u32 = 3;
/// What is proposed is rounded up to this many seconds.
const ROUND_S: u64 = 10;
/// `MODEL_TIMEOUT_MS`, unless it is set: up to that nothing has to be proposed.
const USUAL_TIMEOUT_S: u64 = 50;
/// More is of no use: `daily_summary` has 120 s, and keeps five of them.
const LONGEST_TIMEOUT_S: u64 = 110;

/// What so many calls at once took until the last was answered; `None` if one failed.
type Run = (u32, Option<Duration>);

/// Asks the same question alone, twice at once and four times at once, while more at once is faster, and tells how long that
/// took and what to set.
pub(super) async fn measure<M: LanguageModel>(
    model: &Watched<M>,
    question: Question,
    out: &mut impl Write,
) -> Result<()> {
    let mut runs: Vec<Run> = Vec::new();
    for at_once in AT_ONCE {
        let begun = Instant::now();
        let answers = join_all((0..at_once).map(|_| question.ask(model))).await;
        runs.push((at_once, answers.iter().all(Result::is_ok).then(|| begun.elapsed())));
        if !is_worth_more(&runs) {
            break;
        }
    }
    writeln!(out, "  {}: {}", model.name(), told(&runs))?;
    Ok(out.flush()?)
}

/// The runs in words, and what to set.
fn told(runs: &[Run]) -> String {
    let run = |(at_once, took): &Run| {
        let calls = if *at_once == 1 { "alone".to_owned() } else { format!("{at_once} at once") };
        took.map_or(format!("{calls}: failed"), |took| format!("{calls}: {:.2} s", took.as_secs_f64()))
    };
    let runs_told: Vec<String> = runs.iter().map(run).collect();
    format!("{}. {}", runs_told.join(", "), proposal(runs))
}

/// Whether the last run was better than the one before.
fn is_worth_more(runs: &[Run]) -> bool {
    match runs {
        [.., (_, Some(before)), (_, Some(last))] => last.as_secs_f64() < before.as_secs_f64() * WORTH,
        [(_, last)] => last.is_some(),
        _ => false,
    }
}

fn proposal(runs: &[Run]) -> String {
    let good = if is_worth_more(runs) { runs } else { &runs[..runs.len().saturating_sub(1)] };
    let Some((parallel, Some(slowest))) = good.last() else {
        return "Nothing can be proposed: it does not answer a single call".to_owned();
    };
    let parallel = (good.len() < AT_ONCE.len()).then(|| format!("parallel={parallel}"));
    let needed = (*slowest * SLOWER).as_secs_f64().ceil() as u64;
    let timeout = needed.next_multiple_of(ROUND_S).min(LONGEST_TIMEOUT_S);
    let timeout = (timeout > USUAL_TIMEOUT_S).then(|| format!("timeout={timeout}"));
    let options: Vec<String> = parallel.into_iter().chain(timeout).collect();
    match options.as_slice() {
        [] => "No option is needed".to_owned(),
        options => format!("Set {}", options.join("&")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed(seconds: &[f64]) -> String {
        let runs: Vec<Run> =
            AT_ONCE.into_iter().zip(seconds.iter().map(|s| Some(Duration::from_secs_f64(*s)))).collect();
        proposal(&runs)
    }

    #[test]
    fn rule_34_what_is_proposed_fits_what_was_measured() {
        for (seconds, expected) in [
            (vec![12.0, 24.1], "Set parallel=1"),
            (vec![30.0, 60.0], "Set parallel=1&timeout=90"),
            (vec![2.0, 2.4, 4.8], "Set parallel=2"),
            (vec![2.0, 2.4, 2.9], "No option is needed"),
            (vec![20.0, 21.0, 22.0], "Set timeout=70"),
            (vec![80.0, 160.0], "Set parallel=1&timeout=110"),
        ] {
            assert_eq!(proposed(&seconds), expected, "{seconds:?}");
        }
    }

    #[test]
    fn a_server_that_refuses_two_at_once_is_asked_one_at_a_time() {
        let runs = [(1, Some(Duration::from_secs(3))), (2, None)];
        assert_eq!(told(&runs), "alone: 3.00 s, 2 at once: failed. Set parallel=1");
        assert_eq!(told(&[(1, None)]), "alone: failed. Nothing can be proposed: it does not answer a single call");
    }
}
