//! How much of a day goes into one prompt.

use std::time::Duration;

use crate::domain::{Limits, Pace};

/// Members a model is asked about at once that nobody has asked yet: about 2,400 tokens, which one of 50 tokens a second
/// writes within the usual time of a call.
const MEMBERS_OF_A_STRANGER: usize = 40;
/// The share of a call's time, in percent, that an answer is expected to take at the most. The rest is for what is not
/// expected.
const EXPECTED_PERCENT: u32 = 70;
/// The share of a budget, in percent, that days may take: the last fifth is kept (DESIGN rule 10).
const SHARE_OF_DAYS_PERCENT: u64 = 80;
/// Days that are asked about at once, as a rule.
const DAYS: u64 = 7;
/// Chunks above those that are needed: more is not asked about a day at once for speed alone.
pub(super) const MOST_EXTRA: usize = 16;

/// How much of a day goes into one prompt (DESIGN rules 15 and 33).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkLimits {
    /// Messages at the most.
    pub messages: usize,
    /// Estimated tokens at the most. A single message that has more is a chunk of its own.
    pub tokens: u64,
    /// Members it asks about at the most.
    pub members: usize,
    /// How long its answer should take, where more chunks are to be had.
    pub target: Duration,
}

/// How a day is cut for a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cuts {
    /// What no chunk exceeds.
    pub limits: ChunkLimits,
    /// What its chunks should be, so that the answers are there soon; `None` where more calls than are needed cost too much.
    pub aim: Option<Aim>,
}

/// What chunks should be, so that the answers are there soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aim {
    /// Members a chunk asks about.
    pub members: usize,
    /// Chunks of a day at the most, unless more are needed anyway.
    pub chunks: usize,
    /// Chunks above those that are needed, as they were granted; `None`: as many as a share of the day's own tokens allows.
    pub extra: Option<usize>,
    /// Tokens of a day at the most.
    pub tokens: u64,
    /// Expected tokens of an answer, for each member.
    pub tokens_per_member: u64,
}

impl ChunkLimits {
    /// How to cut days for a model that writes at that pace: its answers are to be there within the time of a call, and
    /// within the target where its limits leave room, or as many `extra` chunks were granted.
    #[must_use]
    pub fn for_model(self, pace: Pace, limits: &Limits, extra: Option<usize>) -> Cuts {
        let in_time = match pace.is_learned() {
            true => pace.members_within(limits.timeout.saturating_mul(EXPECTED_PERCENT) / 100),
            false => MEMBERS_OF_A_STRANGER,
        };
        let aim = Aim {
            members: pace.members_within(self.target),
            chunks: chunks_of_a_day(limits),
            extra: extra.map(|extra| extra.min(MOST_EXTRA)),
            tokens: limits.budget.tokens_per_minute.map_or(u64::MAX, share_of_a_day),
            tokens_per_member: pace.tokens_per_member(),
        };
        let limits = Self { members: self.members.min(in_time), ..self };
        Cuts { limits, aim: (aim.chunks > 1 && aim.members < limits.members).then_some(aim) }
    }
}

/// How many calls at once a day may take. Where requests of a day are counted, none more than is needed.
fn chunks_of_a_day(limits: &Limits) -> usize {
    if limits.budget.requests_per_day.is_some() {
        return 1;
    }
    let at_once = limits.parallel.map_or(u64::MAX, |parallel| u64::from(parallel.get()));
    let in_a_minute = limits.budget.requests_per_minute.map_or(u64::MAX, share_of_a_day);
    usize::try_from(at_once.min(in_a_minute)).unwrap_or(usize::MAX)
}

/// What one of the days that are asked about at once may take of a minute's budget.
fn share_of_a_day(of_a_minute: u64) -> u64 {
    of_a_minute.saturating_mul(SHARE_OF_DAYS_PERCENT) / 100 / DAYS
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::domain::{Answers, Budget};

    const LIMITS: ChunkLimits =
        ChunkLimits { messages: 800, tokens: 60_000, members: 100, target: Duration::from_secs(6) };

    fn learned(members: u64, millis: u64) -> Pace {
        let mut pace = Pace::default();
        pace.learn(Answers { members, tokens: members * 50, millis });
        pace
    }

    #[test]
    fn rule_33_as_many_members_are_asked_about_at_once_as_the_model_has_time_for() {
        let members = |pace: Pace, seconds| {
            let timeout = Duration::from_secs(seconds);
            LIMITS.for_model(pace, &Limits { timeout, ..Limits::default() }, None).limits.members
        };
        assert_eq!(members(Pace::default(), 50), 40, "nobody has asked it yet");
        assert_eq!([5, 50].map(|seconds| members(learned(40, 4_000), seconds)), [35, 100], "ten a second");
        assert_eq!(members(learned(1, 60_000), 50), 1, "it is tried, and halved");
    }

    #[test]
    fn rule_33_a_call_should_take_six_seconds_where_there_is_room_for_more_calls() {
        let chunks = |limits: Limits| LIMITS.for_model(learned(40, 20_000), &limits, None).aim.map(|aim| aim.chunks);
        let aim = LIMITS.for_model(learned(40, 20_000), &Limits::default(), None).aim.unwrap();
        assert_eq!((aim.members, aim.tokens_per_member, aim.tokens), (12, 50, u64::MAX));
        let budget = |rpm, rpd| Limits {
            budget: Budget { requests_per_minute: rpm, requests_per_day: rpd, ..Budget::default() },
            ..Limits::default()
        };
        assert_eq!(chunks(budget(Some(30), None)), Some(3), "seven days of three, and a fifth is kept");
        assert_eq!(chunks(budget(Some(10), None)), None, "a call a day");
        assert_eq!(chunks(budget(Some(1_000), Some(1_000))), None, "what is counted by the day is not spent on speed");
        assert_eq!(chunks(Limits { parallel: Some(NonZeroU32::MIN), ..Limits::default() }), None, "they would queue");
        assert_eq!(LIMITS.for_model(learned(40, 500), &Limits::default(), None).aim, None, "it is fast enough");
    }

    #[test]
    fn rule_33_no_caller_is_granted_more_chunks_than_are_asked_about_for_speed() {
        let granted =
            |extra| LIMITS.for_model(learned(40, 20_000), &Limits::default(), extra).aim.and_then(|aim| aim.extra);
        assert_eq!([None, Some(2), Some(usize::MAX)].map(granted), [None, Some(2), Some(16)]);
    }
}
