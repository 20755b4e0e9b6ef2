//! What is drawn: a row for each span that is long enough to be seen.

use std::collections::BTreeMap;

use crate::{
    analysis::Analysis,
    label,
    model_time::is_model_call,
    trace::{NodeId, Trace},
};

/// Shorter parts of the whole than this would be drawn as a hair.
const LEAST_PART: u64 = 100;
/// What leaves less than this part of a span to others fills it: both are drawn in one row.
const FILLS: u64 = 50;

/// The rows of a trace, for whoever draws them.
#[derive(Debug)]
pub struct Rows {
    /// Parents above their children, and these in the order they began.
    pub rows: Vec<Row>,
    /// How many spans without a row above them are too short for one.
    pub hidden: usize,
}

/// A span as it is drawn, with the one part that fills it, if there is one. Times are nanoseconds since the trace began.
#[derive(Debug)]
pub struct Row {
    /// The span it begins with.
    pub node: NodeId,
    /// The last of the parts that fill it, or itself.
    pub innermost: NodeId,
    /// How many rows it is part of.
    pub depth: usize,
    /// What was done.
    pub name: String,
    /// What tells it from others of its name, and what fills it: `2025-07-03 › generate_content`.
    pub detail: Option<String>,
    /// When it began.
    pub from: u64,
    /// When it ended.
    pub to: u64,
    /// Where the critical path goes through it, or through parts of it that are too short for a row.
    pub critical: Vec<(u64, u64)>,
    /// Whether a model is at work in it.
    pub is_model: bool,
    /// What is to be said beside its time: that it failed, has no end, or was not waited for.
    pub notes: Vec<&'static str>,
    /// Parts that are too short for a row.
    pub hidden: usize,
}

impl Row {
    fn of(trace: &Trace, node: NodeId, depth: usize, detail: Option<String>) -> Self {
        let drawn = trace.node(node);
        let (name, from, to) = (drawn.span.name.clone(), drawn.start, drawn.end);
        let mut row = Self {
            node,
            innermost: node,
            depth,
            name,
            detail,
            from,
            to,
            critical: Vec::new(),
            is_model: false,
            notes: Vec::new(),
            hidden: 0,
        };
        row.note(trace, node);
        row
    }

    /// Takes the part in that fills it.
    fn fill(&mut self, trace: &Trace, node: NodeId) {
        self.innermost = node;
        self.note(trace, node);
    }

    fn note(&mut self, trace: &Trace, node: NodeId) {
        let drawn = trace.node(node);
        let is_unwaited = !trace.is_waited_for(node);
        for (is, note) in
            [(drawn.span.failed, "failed"), (drawn.span.end.is_none(), "has no end"), (is_unwaited, "not waited for")]
        {
            if is && !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        self.is_model |= is_model_call(&drawn.span);
    }

    /// Its name, and what tells it from others.
    #[must_use]
    pub fn label(&self) -> String {
        let detail = self.detail.as_ref().map_or_else(String::new, |detail| format!(" {detail}"));
        format!("{}{detail}", self.name)
    }

    /// What is said about parts without a row.
    #[must_use]
    pub fn hidden(&self) -> Option<String> {
        (self.hidden > 0).then(|| format!("+{} shorter", self.hidden))
    }
}

impl Rows {
    /// At most that many rows: the longest spans and all they are part of, each with the part that fills it.
    #[must_use]
    pub fn of(analysis: &Analysis, most: usize) -> Self {
        Self::new(analysis, most, true)
    }

    /// The same, with a row for every part.
    pub(crate) fn one_by_one(analysis: &Analysis, most: usize) -> Self {
        Self::new(analysis, most, false)
    }

    fn new(analysis: &Analysis, most: usize, is_joined: bool) -> Self {
        let trace = &analysis.trace;
        let rows_from = |least| Self::drawn(analysis, &visible(trace, least), is_joined);
        let least = trace.extent() / LEAST_PART;
        let mut lengths: Vec<u64> = trace.nodes().iter().map(|node| node.duration().max(least)).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let too_many = lengths.partition_point(|least| rows_from(*least).rows.len() > most);
        match lengths.get(too_many) {
            Some(least) => rows_from(*least),
            None => Self::drawn(analysis, &first(trace, most), is_joined), // too many are as long as the longest
        }
    }

    fn drawn(analysis: &Analysis, visible: &[bool], is_joined: bool) -> Self {
        let trace = &analysis.trace;
        let details = label::details(trace);
        let mut rows = Vec::new();
        // The row each span is drawn in, or in which it is counted.
        let mut place: BTreeMap<NodeId, usize> = BTreeMap::new();
        let mut hidden = 0;
        for node in from_top(trace) {
            let above = trace.node(node).parent.and_then(|parent| place.get(&parent)).copied();
            let filled = above.filter(|above| is_joined && visible[node] && fills(trace, visible, &rows[*above], node));
            if let Some(above) = filled {
                place.insert(node, above);
                rows[above].fill(trace, node);
            } else if visible[node] {
                place.insert(node, rows.len());
                let depth = above.map_or(0, |above| rows[above].depth + 1);
                rows.push(Row::of(trace, node, depth, details.get(&node).cloned()));
            } else if let Some(above) = above {
                place.insert(node, above);
                rows[above].hidden += 1;
            } else {
                hidden += 1;
            }
        }
        for segment in &analysis.path.segments {
            let Some(row) = segment.node.and_then(|node| place.get(&node)) else { continue };
            match rows[*row].critical.last_mut() {
                Some(last) if last.1 == segment.from => last.1 = segment.to,
                _ => rows[*row].critical.push((segment.from, segment.to)),
            }
        }
        for row in rows.iter_mut().filter(|row| row.innermost != row.node) {
            let inside = &trace.node(row.innermost).span.name;
            let detail = row.detail.take().map_or_else(String::new, |detail| format!("{detail} "));
            row.detail = Some(format!("{detail}› {inside}"));
        }
        Self { rows, hidden }
    }
}

/// Whether a span is all there is to see in the row of its parent.
fn fills(trace: &Trace, visible: &[bool], row: &Row, node: NodeId) -> bool {
    let part = trace.node(node);
    let Some(parent) = part.parent.filter(|parent| *parent == row.innermost).map(|parent| trace.node(parent)) else {
        return false;
    };
    let others = parent.children.iter().filter(|child| visible[**child]).count();
    let took = part.end.min(parent.end).saturating_sub(part.start.max(parent.start));
    others == 1 && trace.is_waited_for(node) && parent.duration() - took <= parent.duration() / FILLS
}

/// Which spans have a row: those that are long enough, with all they are part of.
fn visible(trace: &Trace, least: u64) -> Vec<bool> {
    let mut visible: Vec<bool> = trace.nodes().iter().map(|node| node.duration() >= least).collect();
    for node in trace.order().iter().rev() {
        if let Some(parent) = trace.node(*node).parent.filter(|_| visible[*node]) {
            visible[parent] = true;
        }
    }
    visible
}

/// The first of them.
fn first(trace: &Trace, most: usize) -> Vec<bool> {
    let mut visible = vec![false; trace.nodes().len()];
    from_top(trace).into_iter().take(most).for_each(|node| visible[node] = true);
    visible
}

/// All spans, parents first, and beside each other in the order they began.
fn from_top(trace: &Trace) -> Vec<NodeId> {
    let mut order = Vec::new();
    let mut next: Vec<NodeId> = trace.roots().iter().rev().copied().collect();
    while let Some(node) = next.pop() {
        order.push(node);
        next.extend(trace.node(node).children.iter().rev());
    }
    order
}
