//! A chunk, or a part of one.

use std::ops::Range;

/// A chunk, or a part of one.
pub(super) struct Piece {
    pub(super) lines: Range<usize>,
    /// How often it was split.
    pub(super) splits: u32,
    /// How often of that because the filter refused it.
    pub(super) blocked_splits: u32,
    pub(super) lookup: CacheLookup,
}

/// Whether it makes sense to look for what is kept about a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CacheLookup {
    /// Somebody may have asked about it.
    Worthwhile,
    /// It is a half of what nobody asked about before: nobody asked about it, either.
    Pointless,
}

impl Piece {
    pub(super) fn chunk(lines: Range<usize>) -> Self {
        Self { lines, splits: 0, blocked_splits: 0, lookup: CacheLookup::Worthwhile }
    }

    pub(super) fn halves(&self, blocked: bool, lookup: CacheLookup) -> [Self; 2] {
        let Range { start, end } = self.lines;
        let middle = start + (end - start) / 2;
        let half = |lines| Self {
            lines,
            splits: self.splits + 1,
            blocked_splits: self.blocked_splits + u32::from(blocked),
            lookup,
        };
        [half(start..middle), half(middle..end)]
    }
}
