//! How long a trace would take if certain runs were not one after the other.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use crate::{
    runs::Run,
    trace::{NodeId, Trace},
};

/// The length of the trace if the units of each of these runs began when its first did. Nanoseconds, never more than
/// [`Trace::length`].
///
/// All else stays as it was: a span takes as long as its parts and its own work, and begins as long as then after all
/// spans beside it that had ended by then. So what came after a run waits for all of it.
///
/// ```text
/// was    ▐ a ▌▐── b ──▌▐ c ▌▐ after ▌      is    ▐ a ▌
///                                                ▐── b ──▌▐ after ▌
///                                                ▐ c ▌
/// ```
pub(crate) fn length(trace: &Trace, runs: &[&Run]) -> u64 {
    let places = places(runs);
    let mut takes: Vec<u64> = trace.nodes().iter().map(|node| node.duration()).collect();
    for node in trace.order().iter().rev() {
        takes[*node] = Plan { trace, places: &places, takes: &takes }.takes(Some(*node));
    }
    Plan { trace, places: &places, takes: &takes }.takes(None)
}

/// Where a span is in a run.
#[derive(Clone, Copy)]
struct Place {
    run: usize,
    is_first: bool,
    /// The span of the same unit before it.
    before: Option<NodeId>,
}

fn places(runs: &[&Run]) -> HashMap<NodeId, Place> {
    let mut places = HashMap::new();
    for (run, units) in runs.iter().map(|run| &run.units).enumerate() {
        for (n, unit) in units.iter().enumerate() {
            for (k, node) in unit.iter().enumerate() {
                let before = k.checked_sub(1).map(|before| unit[before]);
                places.insert(*node, Place { run, is_first: n == 0 && k == 0, before });
            }
        }
    }
    places
}

struct Plan<'a> {
    trace: &'a Trace,
    places: &'a HashMap<NodeId, Place>,
    /// How long each span takes, as far as that is known.
    takes: &'a [u64],
}

/// What had ended when a span began.
#[derive(Default)]
struct Ended {
    /// By when each ends: who is looked at later began later.
    ends: BinaryHeap<Reverse<(u64, u64, u64)>>,
    /// The last end as it was, and as it would be.
    last: Option<(u64, u64)>,
}

impl Ended {
    fn by(&mut self, time: u64) -> Option<(u64, u64)> {
        while let Some(Reverse((about, was, would))) = self.ends.peek().copied().filter(|end| end.0.0 <= time) {
            debug_assert!(about <= was);
            self.ends.pop();
            let (last_was, last_would) = self.last.unwrap_or_default();
            self.last = Some((was.max(last_was), would.max(last_would)));
        }
        self.last
    }
}

impl Plan<'_> {
    /// How long a span would take whose parts are known. Times are since it began.
    fn takes(&self, of: Option<NodeId>) -> u64 {
        let (begin, end) = self.trace.bounds(of);
        let took = end - begin;
        let parts = || self.trace.parts(of).iter().copied().filter(|part| self.trace.is_waited_for(*part));
        let Some(last) = parts().map(|part| self.trace.node(part).end.min(end)).max() else { return took };
        let (mut ended, mut would_end, mut begun) = (Ended::default(), HashMap::new(), HashMap::new());
        let mut all_end = 0;
        for part in parts() {
            let node = self.trace.node(part);
            let (was, was_end) = (node.start.saturating_sub(begin), node.end.saturating_sub(begin));
            let start = self.start(part, was, &mut ended, &would_end, &mut begun);
            let would = start + self.takes[part];
            would_end.insert(part, would);
            ended.ends.push(Reverse((was_end.saturating_sub(node.slack()), was_end, would)));
            all_end = all_end.max(would);
        }
        took.min(all_end + (end - last))
    }

    /// When a part would begin that began at `was`.
    fn start(
        &self,
        part: NodeId,
        was: u64,
        ended: &mut Ended,
        would_end: &HashMap<NodeId, u64>,
        begun: &mut HashMap<usize, u64>,
    ) -> u64 {
        let after_all = ended.by(was).map_or(was, |(last, would)| would + was.saturating_sub(last));
        let start = match self.places.get(&part) {
            None => after_all,
            Some(Place { before: Some(before), .. }) => {
                let gap = self.trace.node(part).start.saturating_sub(self.trace.node(*before).end);
                would_end.get(before).map_or(after_all, |end| end + gap)
            }
            Some(Place { run, is_first: true, .. }) => {
                begun.insert(*run, after_all.min(was));
                after_all
            }
            Some(Place { run, .. }) => begun.get(run).copied().unwrap_or(after_all),
        };
        start.min(was)
    }
}
