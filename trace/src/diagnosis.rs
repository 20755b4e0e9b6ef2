//! What could have run at once, but did not.

use crate::{
    model_time::at_once,
    runs::{self, Run},
    trace::{NodeId, Trace},
    what_if,
};

/// What saves less than this part of the trace is not worth telling.
const LEAST_PART: u64 = 50;
/// So many findings there are at the most; a trace has hardly more that save as much.
const MOST: usize = 50;

/// What a trace shows about the order of its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// What ran one after the other without a visible reason; what saves most comes first.
    pub findings: Vec<Finding>,
    /// How long the trace would take if all of them were mended; nanoseconds. [`Trace::length`] if there are none.
    pub mended: u64,
    /// The most spans without parts that ran at once.
    pub at_once: usize,
}

/// Spans of the same kind that ran one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The span they are parts of; none if they have no parent in the trace.
    pub parent: Option<NodeId>,
    /// The spans, in their order. What needs each other, such as a try and the next, is together.
    pub units: Vec<Vec<NodeId>>,
    /// How long they took; nanoseconds.
    pub took: u64,
    /// How long the longest of them took, which is what all would take at once.
    pub would_take: u64,
    /// How long the whole trace would take if only these ran at once.
    pub trace_would_take: u64,
}

impl Finding {
    /// What would be saved where they are, if they are as long as they were.
    #[must_use]
    pub fn saves(&self) -> u64 {
        self.took - self.would_take
    }
}

impl Diagnosis {
    /// The diagnosis of a trace.
    #[must_use]
    pub fn of(trace: &Trace) -> Self {
        let mut runs: Vec<(u64, Run)> = runs::runs(trace).into_iter().map(|run| (saves(trace, &run), run)).collect();
        runs.retain(|(saves, _)| *saves > 0 && *saves >= trace.length() / LEAST_PART);
        runs.sort_by_key(|(saves, _)| u64::MAX - saves);
        runs.truncate(MOST);
        let all: Vec<&Run> = runs.iter().map(|(_, run)| run).collect();
        let mended = if all.is_empty() { trace.length() } else { what_if::length(trace, &all) };
        let findings = all.iter().map(|run| finding(trace, run)).collect();
        let leaves: Vec<(u64, u64)> =
            trace.nodes().iter().filter(|node| node.children.is_empty()).map(|node| (node.start, node.end)).collect();
        Self { findings, mended, at_once: at_once(&leaves) }
    }
}

fn saves(trace: &Trace, run: &Run) -> u64 {
    let (took, would_take) = run.times(trace);
    took.saturating_sub(would_take)
}

fn finding(trace: &Trace, run: &Run) -> Finding {
    let (took, would_take) = run.times(trace);
    let trace_would_take = what_if::length(trace, &[run]);
    Finding { parent: run.parent, units: run.units.clone(), took, would_take, trace_would_take }
}
