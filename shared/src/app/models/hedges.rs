//! A second try of calls that are slower than nine of ten of their like (DESIGN rule 48).

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::domain::prompt::Prompt;

/// Calls of a kind that are remembered.
const REMEMBERED: usize = 64;
/// Fewer say nothing about what is slow.
const FEWEST: usize = 20;
/// Calls for each second try.
const CALLS_A_TRY: u32 = 20;

/// How long calls of a model took in this process, and how many of them may be tried a second time.
#[derive(Default)]
pub(super) struct Hedges(Mutex<State>);

#[derive(Default)]
struct State {
    took: BTreeMap<Like, VecDeque<Duration>>,
    /// Calls since the last second try, as far as they count.
    calls: u32,
}

/// Calls that take about as long: how long an answer takes follows the members it is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Like {
    /// Merges are about none, alone or with so many others; days about one, two or three, four to seven, ...
    members: u32,
    several: bool,
}

impl Hedges {
    /// After how long a call is slow, once that is known.
    pub(super) fn slow_after(&self, prompt: &Prompt) -> Option<Duration> {
        let state = self.state();
        let took = state.took.get(&Like::of(prompt)).filter(|took| took.len() >= FEWEST)?;
        let mut sorted: Vec<Duration> = took.iter().copied().collect();
        sorted.sort_unstable();
        sorted.get((sorted.len() * 9).div_ceil(10) - 1).copied()
    }

    /// Counts a call, and remembers how long its answer took.
    pub(super) fn note(&self, prompt: &Prompt, answered: Option<Duration>) {
        let mut state = self.state();
        state.calls = (state.calls + 1).min(CALLS_A_TRY);
        if let Some(took) = answered {
            let kept = state.took.entry(Like::of(prompt)).or_default();
            kept.push_back(took);
            if kept.len() > REMEMBERED {
                kept.pop_front();
            }
        }
    }

    /// Whether a second try may be made: one of twenty calls.
    pub(super) fn take(&self) -> bool {
        let mut state = self.state();
        let may = state.calls >= CALLS_A_TRY;
        if may {
            state.calls = 0;
        }
        may
    }

    /// The second try that was taken is not made.
    pub(super) fn give_back(&self) {
        self.state().calls = CALLS_A_TRY;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Like {
    fn of(prompt: &Prompt) -> Self {
        let members = usize::BITS - prompt.members.leading_zeros();
        Self { members, several: prompt.answer == crate::domain::prompt::AnswerFormat::Summaries }
    }
}
