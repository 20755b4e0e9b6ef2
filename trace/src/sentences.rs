//! What is said about a trace, in words.

use std::collections::BTreeMap;

use crate::{
    analysis::Analysis,
    diagnosis::Finding,
    units::{cut, duration, percent},
};

/// So many findings are told; the others are counted.
const FINDINGS: usize = 8;
/// So many names of the critical path are told.
const NAMES: usize = 5;
/// What is less of the path than this is not told by its name.
const LEAST_PART: u64 = 100;
const LONGEST_NAME: usize = 50;
/// What no trace can show.
const CAVEAT: &str = "As far as a trace shows it: whether one needs what another brings, or a limit forbids more at once, only the program knows.";

/// How long it took, of how much work, and how long a model was at work.
#[must_use]
pub fn headline(analysis: &Analysis) -> String {
    let (trace, model) = (&analysis.trace, &analysis.model);
    let length = duration(trace.length());
    let spans = counted(trace.nodes().len(), "span");
    let behind = trace.extent().saturating_sub(trace.bounds(None).1);
    let behind = if behind > 0 { format!("; {} more that nobody waited for", duration(behind)) } else { String::new() };
    let model = if model.calls.is_empty() {
        "no model call".to_owned()
    } else {
        let tokens = match model.tokens {
            (0, 0) => String::new(),
            (question, answer) => format!(", {question} tokens in and {answer} out"),
        };
        format!(
            "{} in a model: {}, {} at once{tokens}",
            duration(model.covered),
            counted(model.calls.len(), "call"),
            if model.at_once > 1 { format!("up to {}", model.at_once) } else { "never two".to_owned() },
        )
    };
    format!("{length}, {spans}; {model}{behind}")
}

/// Where the time of the critical path is: what its own work is called, and how much it is.
fn critical_path(analysis: &Analysis) -> String {
    let length = analysis.trace.length();
    let mut by_name: BTreeMap<&str, u64> = BTreeMap::new();
    for segment in &analysis.path.segments {
        let name = segment.node.map_or("between roots", |node| &analysis.trace.node(node).span.name);
        *by_name.entry(name).or_default() += segment.duration();
    }
    let mut names: Vec<_> = by_name.into_iter().map(|(name, time)| (u64::MAX - time, name, time)).collect();
    names.sort_unstable();
    let is_told = |n: usize, time: u64| n == 0 || (n < NAMES && time >= length / LEAST_PART);
    let told = names.iter().enumerate().take_while(|(n, (_, _, time))| is_told(*n, *time));
    let told: Vec<String> = told.map(|(_, (_, name, time))| part(name, *time, length)).collect();
    let rest: u64 = names.iter().skip(told.len()).map(|(_, _, time)| time).sum();
    let rest = if rest > 0 { format!(", others {}", duration(rest)) } else { String::new() };
    let model = match analysis.model.critical {
        0 => String::new(),
        time => format!(" In a model: {} ({}).", duration(time), percent(time, length)),
    };
    format!("Critical path {}: {}{rest}.{model}", duration(length), told.join(", "))
}

fn part(name: &str, time: u64, length: u64) -> String {
    format!("{} {} ({})", cut(name, LONGEST_NAME), duration(time), percent(time, length))
}

/// The verdict on the order of the work, in a few words.
pub(crate) fn verdict(analysis: &Analysis) -> String {
    let diagnosis = &analysis.diagnosis;
    match (diagnosis.findings.len(), diagnosis.at_once) {
        (0, most) if most > 1 => {
            format!("Concurrent: nothing of one kind ran one after the other, and up to {most} spans ran at once.")
        }
        (0, _) => "Nothing of one kind ran one after the other, and nothing ran at once.".to_owned(),
        _ => {
            let (was, would) = (analysis.trace.length(), diagnosis.mended);
            let saved = was.saturating_sub(would);
            format!(
                "Sequential: what could have overlapped, but did not, costs {} of {}. Mended, all of it takes {}.",
                duration(saved),
                duration(was),
                duration(would)
            )
        }
    }
}

/// What is to be said behind the verdict, a sentence each.
pub(crate) fn details(analysis: &Analysis) -> Vec<String> {
    let caveat = (!analysis.diagnosis.findings.is_empty()).then(|| CAVEAT.to_owned());
    findings(analysis).into_iter().chain([critical_path(analysis)]).chain(caveat).collect()
}

/// What could have overlapped but did not, a line each.
fn findings(analysis: &Analysis) -> Vec<String> {
    let all = &analysis.diagnosis.findings;
    let told = (1..).zip(all).take(FINDINGS).map(|(n, finding)| format!("{n}. {}", tell(analysis, finding)));
    let more = all.len().saturating_sub(FINDINGS);
    told.chain((more > 0).then(|| format!("… and {more} more that save less each."))).collect()
}

fn tell(analysis: &Analysis, finding: &Finding) -> String {
    let trace = &analysis.trace;
    let name = |node: usize| cut(&trace.node(node).span.name, LONGEST_NAME);
    let first = finding.units.first().and_then(|unit| unit.first());
    let what = first.map_or_else(String::new, |first| name(*first));
    let inside = finding.parent.map_or_else(String::new, |parent| format!(" in {}", name(parent)));
    format!(
        "{} × {what}{inside}: {} → {} at once, saves {} (the whole: {} → {})",
        finding.units.len(),
        duration(finding.took),
        duration(finding.would_take),
        duration(finding.saves()),
        duration(trace.length()),
        duration(finding.trace_would_take),
    )
}

fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
