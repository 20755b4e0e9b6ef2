//! How fast a model writes, as its answers about days have shown (DESIGN rule 33).

use std::time::Duration;

/// Of what was seen before, this share counts beside what is seen next: seven eighths.
const KEPT: (u64, u64) = (7, 8);
/// What is in force is replaced when what was seen lately is one and a half times that, or less than two thirds of it.
const BAND: (u64, u64) = (3, 2);
/// What an answer about one member takes while nothing is known: two sentences of a model of 80 tokens a second.
const USUAL: Answers = Answers { members: 1, tokens: 60, millis: 750 };

/// What answers about days took, all told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answers {
    /// Members they were asked about.
    pub members: u64,
    /// Tokens they had, thoughts included.
    pub tokens: u64,
    /// Milliseconds they took.
    pub millis: u64,
}

/// How fast a model writes. What questions are cut by changes only when the model does: each cut anew asks anew about what is
/// answered already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// What questions are cut by.
    pub in_force: Answers,
    /// What was seen lately.
    pub recent: Answers,
}

impl Default for Pace {
    /// That of a model nobody has asked yet.
    fn default() -> Self {
        Self { in_force: USUAL, recent: Answers::default() }
    }
}

impl Pace {
    /// Takes an answer into account. One that does not say what it took says nothing.
    pub fn learn(&mut self, seen: Answers) {
        if !seen.is_known() {
            return;
        }
        self.recent = self.recent.aged().and(seen);
        if !self.is_learned() || self.recent.is_another_pace_than(self.in_force) {
            self.in_force = self.recent;
        }
    }

    /// Whether any answer was seen.
    pub fn is_learned(&self) -> bool {
        self.in_force != USUAL
    }

    /// Tokens of an answer, for each member it is about.
    pub fn tokens_per_member(&self) -> u64 {
        self.in_force.tokens.div_ceil(self.in_force.members.max(1))
    }

    /// About how many members an answer can be that takes so long; one at the least.
    pub fn members_within(&self, time: Duration) -> usize {
        let Answers { members, millis, .. } = self.in_force;
        let fit = time.as_millis().saturating_mul(u128::from(members)) / u128::from(millis.max(1));
        usize::try_from(fit).unwrap_or(usize::MAX).max(1)
    }
}

impl Answers {
    fn is_known(self) -> bool {
        self.members > 0 && self.tokens > 0 && self.millis > 0
    }

    fn aged(self) -> Self {
        let share = |sum: u64| sum.saturating_mul(KEPT.0) / KEPT.1;
        Self { members: share(self.members), tokens: share(self.tokens), millis: share(self.millis) }
    }

    fn and(self, other: Self) -> Self {
        Self {
            members: self.members.saturating_add(other.members),
            tokens: self.tokens.saturating_add(other.tokens),
            millis: self.millis.saturating_add(other.millis),
        }
    }

    /// Whether time or tokens for a member are off by more than the band.
    fn is_another_pace_than(self, other: Self) -> bool {
        let off = |mine: u64, others: u64| {
            let mine = u128::from(mine) * u128::from(other.members);
            let others = u128::from(others) * u128::from(self.members);
            let (most, least) = (mine.max(others), mine.min(others));
            most * u128::from(BAND.1) > least * u128::from(BAND.0)
        };
        off(self.millis, other.millis) || off(self.tokens, other.tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(members: u64, seconds: u64) -> Answers {
        Answers { members, tokens: members * 50, millis: seconds * 1_000 }
    }

    #[test]
    fn rule_33_a_model_that_nobody_has_asked_is_thought_to_be_a_usual_one() {
        let pace = Pace::default();
        assert_eq!((pace.tokens_per_member(), pace.members_within(Duration::from_secs(6))), (60, 8));
        assert_eq!(pace.members_within(Duration::ZERO), 1);
    }

    #[test]
    fn rule_33_the_first_answer_counts_at_once_and_later_ones_when_the_model_is_another() {
        let mut pace = Pace::default();
        pace.learn(Answers { members: 40, ..Answers::default() });
        assert_eq!(pace, Pace::default(), "it did not say what it took");
        pace.learn(answer(40, 4));
        assert_eq!((pace.tokens_per_member(), pace.members_within(Duration::from_secs(6))), (50, 60));
        let in_force = pace.in_force;
        for seconds in [5, 3, 4, 5, 5, 5] {
            pace.learn(answer(40, seconds));
            assert_eq!(pace.in_force, in_force, "a little slower, or faster");
        }
        for _ in 0..20 {
            pace.learn(answer(40, 12));
        }
        let now = pace.members_within(Duration::from_secs(6));
        assert!((15..=30).contains(&now), "{now}: a third of the speed");
    }
}
