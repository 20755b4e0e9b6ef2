//! A trace: its spans as a tree.

use std::collections::HashMap;

use crate::span::{Id, Span};

/// A span by its place in [`Trace::nodes`].
pub type NodeId = usize;

/// The most by which a child may end after its parent, or a span after the next began, without it meaning anything: clocks
/// of two machines differ, and some programs write milliseconds. A hundredth of the span, and never more than this.
const MOST_SLACK: u64 = 10_000_000;

/// The spans with one trace id. Times of its nodes are nanoseconds since the first of them began.
#[derive(Debug, Clone)]
pub struct Trace {
    /// Its id.
    pub id: Id,
    nodes: Vec<Node>,
    roots: Vec<NodeId>,
    /// Parents before their children.
    order: Vec<NodeId>,
    twice: usize,
}

/// A span in the tree.
#[derive(Debug, Clone)]
pub struct Node {
    /// What was recorded.
    pub span: Span,
    /// The span it is part of; none for roots.
    pub parent: Option<NodeId>,
    /// Its parts, in the order they began.
    pub children: Vec<NodeId>,
    /// When it began.
    pub start: u64,
    /// When it ended. If nobody wrote that down, when the last of its parts ended.
    pub end: u64,
    /// Whether it names a parent that is not in the trace, or that is a part of itself.
    pub is_orphan: bool,
}

impl Node {
    /// How long it took.
    #[must_use]
    pub fn duration(&self) -> u64 {
        self.end - self.start
    }

    /// By how much its end may be off.
    pub(crate) fn slack(&self) -> u64 {
        (self.duration() / 100).min(MOST_SLACK)
    }
}

impl Trace {
    /// All traces of these spans, in the order they began.
    #[must_use]
    pub fn all(spans: Vec<Span>) -> Vec<Self> {
        let mut by_id: HashMap<Id, Vec<Span>> = HashMap::new();
        for span in spans {
            by_id.entry(span.trace.clone()).or_default().push(span);
        }
        let mut traces: Vec<Self> = by_id.into_iter().map(|(id, spans)| Self::of(id, spans)).collect();
        traces.sort_by_cached_key(|trace| (trace.nodes.iter().map(|node| node.span.start).min(), trace.id.clone()));
        traces
    }

    fn of(id: Id, spans: Vec<Span>) -> Self {
        let zero = spans.iter().map(|span| span.start).min().unwrap_or_default();
        let mut trace = Self { id, nodes: Vec::new(), roots: Vec::new(), order: Vec::new(), twice: 0 };
        let mut by_id: HashMap<Id, NodeId> = HashMap::new();
        for span in spans {
            if by_id.contains_key(&span.id) {
                // An exporter that tried again.
                trace.twice += 1;
                continue;
            }
            by_id.insert(span.id.clone(), trace.nodes.len());
            let start = span.start - zero;
            let end = span.end.map_or(start, |end| end - zero);
            trace.nodes.push(Node { span, parent: None, children: Vec::new(), start, end, is_orphan: false });
        }
        trace.connect(&by_id);
        trace.end_what_has_no_end();
        trace
    }

    fn connect(&mut self, by_id: &HashMap<Id, NodeId>) {
        let mut by_start: Vec<NodeId> = (0..self.nodes.len()).collect();
        by_start.sort_by_key(|node| (self.nodes[*node].start, self.nodes[*node].end));
        for node in &by_start {
            let named = self.nodes[*node].span.parent.clone();
            let parent = named.as_ref().and_then(|parent| by_id.get(parent)).copied().filter(|parent| parent != node);
            match parent {
                Some(parent) => self.nodes[parent].children.push(*node),
                None => self.roots.push(*node),
            }
            self.nodes[*node].parent = parent;
            self.nodes[*node].is_orphan = named.is_some() && parent.is_none();
        }
        let mut is_reached = vec![false; self.nodes.len()];
        for root in self.roots.clone() {
            self.reach(root, &mut is_reached);
        }
        // Who is not reached is in a ring, or below one: it is cut above its first span.
        for node in by_start {
            if is_reached[node] {
                continue;
            }
            if let Some(parent) = self.nodes[node].parent.take() {
                self.nodes[parent].children.retain(|child| *child != node);
            }
            self.nodes[node].is_orphan = true;
            self.roots.push(node);
            self.reach(node, &mut is_reached);
        }
        self.roots.sort_by_key(|node| (self.nodes[*node].start, self.nodes[*node].end));
    }

    fn reach(&mut self, root: NodeId, is_reached: &mut [bool]) {
        let mut next = vec![root];
        while let Some(node) = next.pop() {
            is_reached[node] = true;
            self.order.push(node);
            next.extend(&self.nodes[node].children);
        }
    }

    fn end_what_has_no_end(&mut self) {
        for node in self.order.clone().into_iter().rev() {
            if self.nodes[node].span.end.is_none() {
                let last = self.nodes[node].children.iter().map(|child| self.nodes[*child].end).max();
                self.nodes[node].end = self.nodes[node].start.max(last.unwrap_or_default());
            }
        }
    }

    /// All spans.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// A span.
    ///
    /// # Panics
    /// If the id is that of another trace and out of this one's range.
    #[must_use]
    pub fn node(&self, node: NodeId) -> &Node {
        &self.nodes[node]
    }

    /// The spans without a parent in this trace, in the order they began.
    #[must_use]
    pub fn roots(&self) -> &[NodeId] {
        &self.roots
    }

    /// Spans that came more than once and were left out.
    #[must_use]
    pub fn twice(&self) -> usize {
        self.twice
    }

    /// How long somebody waited: from the beginning of the first root to the end of the last.
    #[must_use]
    pub fn length(&self) -> u64 {
        let (from, to) = self.bounds(None);
        to - from
    }

    /// When the last span ended, also if nobody waited for it.
    #[must_use]
    pub fn extent(&self) -> u64 {
        self.nodes.iter().map(|node| node.end).max().unwrap_or_default()
    }

    /// Whether its parent waited for it. Who did cannot have ended before: a span that outlives its parent, or is
    /// before or after all of it, was handed work and left alone.
    #[must_use]
    pub fn is_waited_for(&self, node: NodeId) -> bool {
        let child = &self.nodes[node];
        child.parent.is_none_or(|parent| {
            let parent = &self.nodes[parent];
            child.end <= parent.end + child.slack() && child.start <= parent.end && child.end >= parent.start
        })
    }

    /// Parents before their children.
    pub(crate) fn order(&self) -> &[NodeId] {
        &self.order
    }

    /// The parts of a span, or the roots of the trace.
    pub(crate) fn parts(&self, of: Option<NodeId>) -> &[NodeId] {
        of.map_or(&self.roots, |node| &self.nodes[node].children)
    }

    /// Beginning and end of a span, or of what was waited for in the trace.
    pub(crate) fn bounds(&self, of: Option<NodeId>) -> (u64, u64) {
        let Some(node) = of else {
            let roots = || self.roots.iter().map(|root| &self.nodes[*root]);
            let from = roots().map(|node| node.start).min().unwrap_or_default();
            return (from, roots().map(|node| node.end).max().unwrap_or_default());
        };
        (self.nodes[node].start, self.nodes[node].end)
    }
}
