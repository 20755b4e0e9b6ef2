//! How much of a day goes into one prompt.

use crate::domain::{Limits, Pace};

/// Members a model is asked about at once that nobody has asked yet: about 2,400 tokens, which one of 50 tokens a second
/// writes within the usual time of a call.
const MEMBERS_OF_A_STRANGER: usize = 40;
/// The share of a call's time, in percent, that an answer is expected to take at the most. The rest is for what is not
/// expected.
const EXPECTED_PERCENT: u32 = 70;

/// How much of a day goes into one prompt (DESIGN rules 15 and 33).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkLimits {
    /// Messages at the most.
    pub messages: usize,
    /// Estimated tokens at the most. A single message that has more is a chunk of its own.
    pub tokens: u64,
    /// Members it asks about at the most.
    pub members: usize,
}

impl ChunkLimits {
    /// The same for a model that writes at that pace: its answers are to be there within the time of a call.
    #[must_use]
    pub fn for_model(self, pace: Pace, limits: &Limits) -> Self {
        let in_time = match pace.is_learned() {
            true => pace.members_within(limits.timeout.saturating_mul(EXPECTED_PERCENT) / 100),
            false => MEMBERS_OF_A_STRANGER,
        };
        Self { members: self.members.min(in_time), ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::Answers;

    #[test]
    fn rule_33_as_many_members_are_asked_about_at_once_as_the_model_has_time_for() {
        let limits = ChunkLimits { messages: 800, tokens: 60_000, members: 100 };
        let members = |pace: Pace, seconds| {
            let timeout = Duration::from_secs(seconds);
            limits.for_model(pace, &Limits { timeout, ..Limits::default() }).members
        };
        assert_eq!(members(Pace::default(), 50), 40, "nobody has asked it yet");
        let mut ten_a_second = Pace::default();
        ten_a_second.learn(Answers { members: 40, tokens: 2_000, millis: 4_000 });
        assert_eq!([5, 50].map(|seconds| members(ten_a_second, seconds)), [35, 100]);
        let mut slow = Pace::default();
        slow.learn(Answers { members: 1, tokens: 60, millis: 60_000 });
        assert_eq!(members(slow, 50), 1, "it is tried, and halved");
    }
}
