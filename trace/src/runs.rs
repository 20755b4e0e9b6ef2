//! Work that was done one after the other, though nothing shows that one needed the other.

use std::collections::HashMap;

use crate::trace::{NodeId, Trace};

/// What is between two of them at the most: a tenth of the shorter one, or a millisecond. Whoever takes longer did
/// something in between, and the next may need that.
const GAP_PART: u64 = 10;
const GAP: u64 = 1_000_000;
/// Attributes, by the last part of their names, that say where to go on from: what came before had to be there.
const PLACES: [&str; 13] = [
    "after",
    "before",
    "continuation",
    "continuation_token",
    "cursor",
    "exclusive_start_key",
    "next_token",
    "offset",
    "page",
    "page_token",
    "retry",
    "retry_count",
    "resend_count",
];
/// Calls of one conversation: each question has the answers before in it.
const CONVERSATION: &str = "gen_ai.conversation.id";

/// Parts of one span, of the same kind, each of which began when the one before it had ended.
///
/// # How they are found
/// Spans are alike if they have the same parent, name, kind and service. Spans that are alike are a run if
///
/// 1. none of the parent's spans that are alike overlap: where some do, somebody runs them at once already, and has a
///    reason for it if there is a limit;
/// 2. each begins within a tenth of the shorter of both, or a millisecond, after the one before it ended;
/// 3. their parent waited for all of them.
///
/// A span belongs with the one before it, as one unit of the run, if that one failed (a second try); if it says from where it
/// goes on (`page`, `cursor`, `offset` and the like); if both are of one conversation with a model; or if it has a link to it.
///
/// What has another name is never compared: taking a lease, building and committing are three things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) parent: Option<NodeId>,
    /// At least two; each has spans that need each other, in their order.
    pub(crate) units: Vec<Vec<NodeId>>,
}

impl Run {
    /// How long it took, and how long its longest unit did. What is outside of its parent, by another clock, does not count.
    pub(crate) fn times(&self, trace: &Trace) -> (u64, u64) {
        let (inner, outer) = (trace.bounds(self.parent), trace.bounds(None));
        let within = |time: u64| time.clamp(inner.0, inner.1).clamp(outer.0, outer.1);
        let took = |spans: &[NodeId]| {
            let from = spans.iter().map(|span| within(trace.node(*span).start)).min().unwrap_or_default();
            spans.iter().map(|span| within(trace.node(*span).end)).max().unwrap_or(from) - from
        };
        let all: Vec<NodeId> = self.units.iter().flatten().copied().collect();
        (took(&all), self.units.iter().map(|unit| took(unit)).max().unwrap_or_default())
    }
}

/// All runs of a trace.
pub(crate) fn runs(trace: &Trace) -> Vec<Run> {
    let parents = std::iter::once(None).chain(trace.order().iter().copied().map(Some));
    parents.flat_map(|parent| runs_of(trace, parent)).collect()
}

fn runs_of(trace: &Trace, parent: Option<NodeId>) -> Vec<Run> {
    let mut alike: HashMap<_, Vec<NodeId>> = HashMap::new();
    let mut first_seen = Vec::new();
    for part in trace.parts(parent).iter().copied().filter(|part| trace.is_waited_for(*part)) {
        let span = &trace.node(part).span;
        let key = (span.parent.as_ref(), span.name.as_str(), span.kind as u8, span.service.as_str());
        let group = alike.entry(key).or_default();
        if group.is_empty() {
            first_seen.push(key);
        }
        group.push(part);
    }
    let groups = first_seen.iter().filter_map(|key| alike.get(key));
    groups.flat_map(|group| runs_among(trace, parent, group)).collect()
}

/// The runs among spans that are alike.
fn runs_among(trace: &Trace, parent: Option<NodeId>, alike: &[NodeId]) -> Vec<Run> {
    if alike.len() < 2 || alike.windows(2).any(|pair| overlap(trace, pair[0], pair[1])) {
        return Vec::new();
    }
    let mut runs: Vec<Run> = Vec::new();
    let mut units: Vec<Vec<NodeId>> = Vec::new();
    for (n, span) in alike.iter().enumerate() {
        match n.checked_sub(1).map(|before| alike[before]) {
            Some(before) if needs(trace, *span, before) => match units.last_mut() {
                Some(unit) => unit.push(*span),
                None => units.push(vec![*span]),
            },
            Some(before) if !follows(trace, *span, before) => {
                runs.push(Run { parent, units: std::mem::take(&mut units) });
                units.push(vec![*span]);
            }
            _ => units.push(vec![*span]),
        }
    }
    runs.push(Run { parent, units });
    runs.retain(|run| run.units.len() > 1);
    runs
}

fn overlap(trace: &Trace, before: NodeId, after: NodeId) -> bool {
    let (before, after) = (trace.node(before), trace.node(after));
    after.start < before.end.saturating_sub(before.slack())
}

fn follows(trace: &Trace, after: NodeId, before: NodeId) -> bool {
    let (before, after) = (trace.node(before), trace.node(after));
    let gap = after.start.saturating_sub(before.end);
    gap <= GAP.max(before.duration().min(after.duration()) / GAP_PART)
}

fn needs(trace: &Trace, after: NodeId, before: NodeId) -> bool {
    let (before, after) = (&trace.node(before).span, &trace.node(after).span);
    let goes_on = after.attributes.keys().any(|key| PLACES.contains(&key.rsplit('.').next().unwrap_or(key)));
    let conversation = after.attribute(CONVERSATION);
    before.failed
        || goes_on
        || (conversation.is_some() && conversation == before.attribute(CONVERSATION))
        || after.links.contains(&before.id)
}
