//! How long language models were at work.

use std::collections::BTreeSet;

use crate::{
    critical_path::CriticalPath,
    span::Span,
    trace::{NodeId, Trace},
};

/// What OpenTelemetry calls the work of a model itself (`gen_ai.operation.name`), and what older programs call it
/// (`llm.request.type`). Agents, tools and workflows are not: what they wait for has spans of its own.
const OPERATIONS: [&str; 7] =
    ["chat", "generate_content", "text_completion", "embeddings", "completion", "embedding", "rerank"];
/// What a model call is called in traces without these attributes.
const NAME: &str = "generate_content";

/// Time in models. A call inside of a call is part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModelTime {
    /// The calls, without those inside of others.
    pub calls: Vec<NodeId>,
    /// How long a model was at work, however many at once; nanoseconds.
    pub covered: u64,
    /// The same as a sum over all calls: what one after the other would take.
    pub added: u64,
    /// How much of the critical path is in a model.
    pub critical: u64,
    /// The most calls at once.
    pub at_once: usize,
    /// Tokens of all questions and of all answers, as far as calls say.
    pub tokens: (u64, u64),
}

impl ModelTime {
    /// The time in models of a trace.
    #[must_use]
    pub fn of(trace: &Trace, path: &CriticalPath) -> Self {
        let mut inside = BTreeSet::new();
        let mut time = Self::default();
        for node in trace.order() {
            let parent = trace.node(*node).parent;
            if parent.is_some_and(|parent| inside.contains(&parent)) {
                inside.insert(*node);
            } else if is_model_call(&trace.node(*node).span) {
                inside.insert(*node);
                time.add(trace, *node);
            }
        }
        time.calls.sort_by_key(|call| trace.node(*call).start);
        let spans: Vec<(u64, u64)> =
            time.calls.iter().map(|call| (trace.node(*call).start, trace.node(*call).end)).collect();
        time.covered = covered(&spans);
        time.at_once = at_once(&spans);
        let critical = path.segments.iter().filter(|segment| segment.node.is_some_and(|node| inside.contains(&node)));
        time.critical = critical.map(crate::critical_path::Segment::duration).sum();
        time
    }

    fn add(&mut self, trace: &Trace, call: NodeId) {
        let node = trace.node(call);
        let tokens = |names: [&str; 2]| {
            names.iter().find_map(|name| node.span.attribute(name)?.parse::<u64>().ok()).unwrap_or_default()
        };
        let question = tokens(["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"]);
        let answer = tokens(["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"]);
        self.tokens = (self.tokens.0.saturating_add(question), self.tokens.1.saturating_add(answer));
        self.added = self.added.saturating_add(node.duration());
        self.calls.push(call);
    }
}

/// Whether a model was called: by OpenTelemetry's conventions for GenAI, by OpenLLMetry's and OpenInference's, or by its name.
pub(crate) fn is_model_call(span: &Span) -> bool {
    let operation = span.attribute("gen_ai.operation.name").or(span.attribute("llm.request.type"));
    match (operation, span.attribute("openinference.span.kind")) {
        (Some(operation), _) => OPERATIONS.contains(&operation),
        (None, Some(kind)) => ["LLM", "EMBEDDING"].contains(&kind),
        (None, None) => span.name == NAME || span.attribute("gen_ai.request.model").is_some(),
    }
}

/// How long at least one of these intervals lasts; they are in the order they begin.
pub(crate) fn covered(intervals: &[(u64, u64)]) -> u64 {
    let (mut covered, mut until) = (0_u64, 0);
    for (from, to) in intervals {
        let from = (*from).max(until);
        if *to > from {
            covered += to - from;
            until = *to;
        }
    }
    covered
}

/// How many of these intervals there are at once at the most. What ends when another begins is not at once with it.
pub(crate) fn at_once(intervals: &[(u64, u64)]) -> usize {
    let lasting = || intervals.iter().filter(|(from, to)| from < to);
    let mut changes: Vec<(u64, bool)> = lasting().flat_map(|(from, to)| [(*from, true), (*to, false)]).collect();
    changes.sort_unstable();
    let (mut now, mut most) = (0_usize, 0);
    for (_, begins) in changes {
        now = if begins { now + 1 } else { now.saturating_sub(1) };
        most = most.max(now);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_covered_once_however_many_are_at_work() {
        let intervals = [(0, 10), (2, 5), (4, 12), (20, 21), (21, 22), (30, 30)];
        assert_eq!((covered(&intervals), at_once(&intervals)), (14, 3));
        assert_eq!((covered(&[]), at_once(&[])), (0, 0));
    }
}
