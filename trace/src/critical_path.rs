//! The critical path: what had to be shorter for the whole to be shorter.

use crate::trace::{NodeId, Trace};

/// The critical path of a trace: for every moment of its length the one span that was waited for.
///
/// It is found backwards. At the end of a span, whoever of its parts ended last was what it had waited for: the path goes
/// through that part, and goes on before it from where it began. Where no part had been waited for, the span itself was at
/// work. That is how CRISP defines it (Zhang and others, *CRISP: Critical Path Analysis of Large-Scale Microservice
/// Architectures*, USENIX ATC 2022, section 3, <https://www.usenix.org/conference/atc22/presentation/zhang-zhizhou>), and how
/// Jaeger's page draws it. In one thing it is stricter: a part that outlives its span
/// ([`Trace::is_waited_for`]) is not on it, where the others cut such a part at the end of its span.
///
/// ```text
/// parent   ▐███────────────█──────────██▌     █ on the path   ─ beside it
///   first     ▐████████████▌
///   second      ▐────────▌
///   third                   ▐██████████▌
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriticalPath {
    /// In the order of time, without gaps: they add up to [`Trace::length`].
    pub segments: Vec<Segment>,
}

/// A piece of the critical path; nanoseconds since the trace began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Whose own work it was; none between two roots.
    pub node: Option<NodeId>,
    /// Where it begins.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
}

impl Segment {
    /// How long it is.
    #[must_use]
    pub fn duration(&self) -> u64 {
        self.to - self.from
    }
}

/// A span through which the path is being followed, from `until` back to `from`.
struct Step {
    node: Option<NodeId>,
    from: u64,
    until: u64,
    /// Its parts that are not looked at yet; the one that ended last is the last.
    parts: Vec<NodeId>,
}

impl CriticalPath {
    /// The critical path of `trace`.
    #[must_use]
    pub fn of(trace: &Trace) -> Self {
        let (from, until) = trace.bounds(None);
        let mut segments = Vec::new();
        let mut steps = vec![Step::into(trace, None, from, until)];
        while let Some(step) = steps.last_mut() {
            let until = step.until;
            match step.last_part(trace) {
                Some((part, from, to)) => {
                    segments.push(Segment { node: step.node, from: to, to: until });
                    step.until = from;
                    steps.push(Step::into(trace, Some(part), from, to));
                }
                None => {
                    segments.push(Segment { node: step.node, from: step.from, to: until });
                    steps.pop();
                }
            }
        }
        segments.retain(|segment| segment.from < segment.to);
        segments.reverse();
        Self { segments }
    }
}

impl Step {
    fn into(trace: &Trace, node: Option<NodeId>, from: u64, until: u64) -> Self {
        // Those that outlive it are left out below: they end behind its end.
        let mut parts = trace.parts(node).to_vec();
        // Of two that end at once, the longer one was waited for.
        parts.sort_by_key(|part| (trace.node(*part).end, u64::MAX - trace.node(*part).start));
        Self { node, from, until, parts }
    }

    /// The part that was waited for at `until`, and its bounds as far as they are on the path.
    fn last_part(&mut self, trace: &Trace) -> Option<(NodeId, u64, u64)> {
        while let Some(part) = self.parts.pop() {
            let node = trace.node(part);
            let (from, to) = (node.start.max(self.from), node.end.min(self.until));
            if node.end <= self.until.saturating_add(node.slack()) && from < to {
                return Some((part, from, to));
            }
        }
        None
    }
}
