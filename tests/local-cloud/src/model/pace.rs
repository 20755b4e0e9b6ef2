//! How long a real model takes for a call.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How fast a model is. A call takes the time to its first token, the prompt at its rate, and thoughts and answer at theirs.
/// `docs/performance.md` says what the presets were taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Milliseconds until the first token of an answer to an empty prompt.
    pub first_token_ms: u64,
    /// Tokens of a prompt that it reads in a second.
    pub prompt_tokens_per_s: u64,
    /// Tokens of thoughts and of an answer that it writes in a second.
    pub answer_tokens_per_s: u64,
    /// Tokens it thinks before each answer.
    pub thought_tokens: u64,
}

/// How long a call takes, by what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// As long as a model of that pace needs.
    Pace(Pace),
    /// So many milliseconds for each member of a day that is asked about.
    PerMember(u64),
    /// A whole day of so many `messages` takes `whole_ms`. A part of it takes `least_ms`, and of the rest its share by
    /// messages.
    PartOf {
        /// Messages of the whole day.
        messages: u64,
        /// Milliseconds for all of it.
        whole_ms: u64,
        /// Milliseconds for however little of it.
        least_ms: u64,
    },
}

/// What is asked and answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) members: u64,
    pub(super) messages: u64,
    pub(super) prompt_tokens: u64,
    pub(super) answer_tokens: u64,
}

impl Pace {
    /// A hosted model that does not think.
    pub const FAST_HOSTED: Self =
        Self { first_token_ms: 400, prompt_tokens_per_s: 10_000, answer_tokens_per_s: 200, thought_tokens: 0 };
    /// A hosted model that thinks before it answers.
    pub const THINKING_HOSTED: Self = Self { answer_tokens_per_s: 275, thought_tokens: 2_900, ..Self::FAST_HOSTED };
    /// A model of four billion parameters on a laptop.
    pub const LAPTOP: Self =
        Self { first_token_ms: 50, prompt_tokens_per_s: 385, answer_tokens_per_s: 28, thought_tokens: 0 };

    /// The same where a second takes `scale` seconds.
    #[must_use]
    pub fn scaled(self, scale: f64) -> Self {
        let rate = |rate: u64| (rate as f64 / scale).round().max(1.0) as u64;
        Self {
            first_token_ms: (self.first_token_ms as f64 * scale).round() as u64,
            prompt_tokens_per_s: rate(self.prompt_tokens_per_s),
            answer_tokens_per_s: rate(self.answer_tokens_per_s),
            ..self
        }
    }

    fn of(self, size: Size) -> Duration {
        let seconds = |tokens: u64, rate: u64| Duration::from_secs_f64(tokens as f64 / rate.max(1) as f64);
        Duration::from_millis(self.first_token_ms)
            + seconds(size.prompt_tokens, self.prompt_tokens_per_s)
            + seconds(self.thought_tokens + size.answer_tokens, self.answer_tokens_per_s)
    }
}

impl Timing {
    pub(super) fn of(self, size: Size) -> Duration {
        match self {
            Self::Pace(pace) => pace.of(size),
            Self::PerMember(ms) => Duration::from_millis(ms.saturating_mul(size.members)),
            Self::PartOf { messages, whole_ms, least_ms } => {
                let rest = whole_ms.saturating_sub(least_ms).saturating_mul(size.messages) / messages.max(1);
                Duration::from_millis(whole_ms.min(least_ms).saturating_add(rest))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { members: 3, messages: 50, prompt_tokens: 2_000, answer_tokens: 300 };

    #[test]
    fn a_call_takes_its_first_token_its_prompt_its_thoughts_and_its_answer() {
        let pace =
            Pace { first_token_ms: 500, prompt_tokens_per_s: 1_000, answer_tokens_per_s: 100, thought_tokens: 200 };
        assert_eq!(Timing::Pace(pace).of(SIZE), Duration::from_millis(500 + 2_000 + 5_000));
        assert_eq!(Timing::Pace(pace.scaled(0.1)).of(SIZE), Duration::from_millis(750));
    }

    #[test]
    fn a_part_of_a_day_takes_the_least_and_its_share_and_a_whole_day_all_of_it() {
        let timing = Timing::PartOf { messages: 100, whole_ms: 9_000, least_ms: 1_000 };
        assert_eq!(timing.of(SIZE), Duration::from_secs(5));
        assert_eq!(timing.of(Size { messages: 100, ..SIZE }), Duration::from_secs(9));
        assert_eq!(Timing::PerMember(100).of(SIZE), Duration::from_millis(300));
    }
}
