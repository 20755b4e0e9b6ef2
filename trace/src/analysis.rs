//! A trace with all that is found out about it.

use crate::{
    critical_path::CriticalPath,
    diagnosis::Diagnosis,
    model_time::{ModelTime, covered},
    trace::{NodeId, Trace},
};

/// A trace, and where its time went.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The trace.
    pub trace: Trace,
    /// What had to be shorter for the whole to be shorter.
    pub path: CriticalPath,
    /// How long models were at work.
    pub model: ModelTime,
    /// What could have run at once.
    pub diagnosis: Diagnosis,
    /// For each span, how much of the path its own work is.
    critical: Vec<u64>,
}

impl Analysis {
    /// Finds out where the time of `trace` went.
    #[must_use]
    pub fn of(trace: Trace) -> Self {
        let path = CriticalPath::of(&trace);
        let model = ModelTime::of(&trace, &path);
        let diagnosis = Diagnosis::of(&trace);
        let mut critical = vec![0; trace.nodes().len()];
        for segment in &path.segments {
            if let Some(node) = segment.node {
                critical[node] += segment.duration();
            }
        }
        Self { trace, path, model, diagnosis, critical }
    }

    /// How much of the critical path a span is by its own work; nanoseconds.
    #[must_use]
    pub fn critical_time(&self, node: NodeId) -> u64 {
        self.critical[node]
    }

    /// The time of a span in which none of its parts was at work; nanoseconds.
    #[must_use]
    pub fn self_time(&self, node: NodeId) -> u64 {
        let span = self.trace.node(node);
        let parts = span.children.iter().map(|child| self.trace.node(*child));
        let inside: Vec<(u64, u64)> = parts
            .map(|part| (part.start.max(span.start), part.end.min(span.end)))
            .filter(|(from, to)| from < to)
            .collect();
        span.duration() - covered(&inside)
    }

    /// What the trace is called: the span everything is part of, or the longest of several.
    #[must_use]
    pub fn name(&self) -> &str {
        let roots = self.trace.roots().iter().map(|root| self.trace.node(*root));
        // The first of those that are as long.
        roots.rev().max_by_key(|root| root.duration()).map_or("(empty)", |root| &root.span.name)
    }
}
