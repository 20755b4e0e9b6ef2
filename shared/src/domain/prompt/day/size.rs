//! How large the chunks of a day are, and stay (DESIGN rule 33).

/// How large a chunk becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkSize {
    /// Members it asks about at the most.
    pub members: usize,
    /// When it is closed although more would fit.
    pub soon: Soon,
}

/// When a chunk is closed so that its answer is there sooner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Soon {
    /// It is not.
    Never,
    /// With so many members, where little is repeated from other chunks.
    Members {
        /// How many.
        members: usize,
        /// Expected tokens of an answer about each.
        tokens_each: u64,
    },
    /// With so many estimated tokens of messages and members.
    Tokens(u64),
}

/// How a day was cut: what was written until then, in seconds since 1970, into chunks of that size. Whoever cuts it again does it
/// alike, so that what was answered need not be asked again, whatever is known of the model by then.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeptCut(pub Vec<(i64, ChunkSize)>);

impl KeptCut {
    /// Whether nothing was cut yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The size that was decided for what was written in that second.
    pub(super) fn size_at(&self, second: i64) -> Option<ChunkSize> {
        self.0.iter().find(|(until, _)| second <= *until).map(|(_, size)| *size)
    }

    /// The same, and what was written since then until that second in chunks of this size.
    pub(super) fn continued(&self, until: i64, size: ChunkSize) -> Self {
        let mut sizes = self.0.clone();
        match sizes.last_mut() {
            Some(last) if last.0 >= until => {}
            Some(last) if last.1 == size => last.0 = until,
            _ => sizes.push((until, size)),
        }
        Self(sizes)
    }
}
