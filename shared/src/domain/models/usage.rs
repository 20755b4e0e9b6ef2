//! What models cost.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// Calls of models, and the tokens they say they took. Recorded with what was made of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Tokens of what was asked.
    pub prompt_tokens: u64,
    /// Those of them that the provider had in its cache, as far as it says.
    pub cached_tokens: u64,
    /// Tokens of what was answered, thoughts left out.
    pub output_tokens: u64,
    /// Tokens a model spent on thinking.
    pub thought_tokens: u64,
    /// Requests to a model's API, answered or not.
    pub calls: u32,
    /// Those of them that were made because an earlier one brought nothing that could be used.
    pub retries: u32,
    /// Those of them that brought nothing that could be used.
    pub failures: u32,
    /// Second tries of calls that were slow: of each two, the later is counted as a failure (DESIGN rule 48).
    pub hedges: u32,
}

impl Usage {
    /// One call that brought nothing, and whose tokens are not known.
    pub const FAILED_CALL: Self = Self { calls: 1, failures: 1, ..Self::NOTHING };

    const NOTHING: Self = Self {
        prompt_tokens: 0,
        cached_tokens: 0,
        output_tokens: 0,
        thought_tokens: 0,
        calls: 0,
        retries: 0,
        failures: 0,
        hedges: 0,
    };

    /// Tokens of all kinds.
    pub fn tokens(&self) -> u64 {
        self.prompt_tokens.saturating_add(self.output_tokens).saturating_add(self.thought_tokens)
    }

    /// The share of one of several that it was spent on, the first at 0: together they have all of it.
    #[must_use]
    pub fn share(self, index: usize, of: usize) -> Self {
        let (index, of) = (index as u64, of.max(1) as u64);
        let share = |all: u64| all / of + u64::from(index < all % of);
        let few = |all: u32| share(u64::from(all)).try_into().unwrap_or(u32::MAX);
        Self {
            prompt_tokens: share(self.prompt_tokens),
            cached_tokens: share(self.cached_tokens),
            output_tokens: share(self.output_tokens),
            thought_tokens: share(self.thought_tokens),
            calls: few(self.calls),
            retries: few(self.retries),
            failures: few(self.failures),
            hedges: few(self.hedges),
        }
    }

    /// The same, made because something before it brought nothing that could be used.
    #[must_use]
    pub fn as_retry(self) -> Self {
        Self { retries: self.calls, ..self }
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.prompt_tokens = self.prompt_tokens.saturating_add(other.prompt_tokens);
        self.cached_tokens = self.cached_tokens.saturating_add(other.cached_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.thought_tokens = self.thought_tokens.saturating_add(other.thought_tokens);
        self.calls = self.calls.saturating_add(other.calls);
        self.retries = self.retries.saturating_add(other.retries);
        self.failures = self.failures.saturating_add(other.failures);
        self.hedges = self.hedges.saturating_add(other.hedges);
    }
}
