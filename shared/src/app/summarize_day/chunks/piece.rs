//! A chunk, or a part of one.

/// A chunk, or a part of one.
pub(super) struct Piece {
    /// The indexes of its messages.
    pub(super) lines: Vec<usize>,
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
    pub(super) fn chunk(lines: Vec<usize>) -> Self {
        Self { lines, splits: 0, blocked_splits: 0, lookup: CacheLookup::Worthwhile }
    }

    /// The parts it is split into.
    pub(super) fn split(&self, halves: [Vec<usize>; 2], blocked: bool, lookup: CacheLookup) -> [Self; 2] {
        let part = |lines| Self {
            lines,
            splits: self.splits + 1,
            blocked_splits: self.blocked_splits + u32::from(blocked),
            lookup,
        };
        halves.map(part)
    }
}
