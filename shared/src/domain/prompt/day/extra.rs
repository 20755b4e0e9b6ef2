//! How many chunks more the days of one request may be cut into (DESIGN rule 33).

use std::collections::BTreeMap;

use super::{frame, limits::MOST_EXTRA};
use crate::domain::{Day, Ledger};

/// The share of the tokens of a request, in percent, that may be spent once more so that its days are there sooner: less than
/// the 15 that they are to cost at the most, since nothing was read yet.
const EXTRA_PERCENT: u64 = 12;
/// Estimated tokens of a message, with what a prompt says of it: about what the messages of a busy chat have.
const TOKENS_OF_A_MESSAGE: u64 = 44;
/// Estimated tokens of a member: a line of the prompt, and two sentences of the answer.
const TOKENS_OF_A_MEMBER: u64 = 75;
/// Fewer are answered soon anyway.
const FEWEST_MEMBERS: u64 = 4;

/// How many chunks above those that are needed each of some days may be cut into, so that all together cost a share more at
/// the most. A short day costs as much to be cut as a long one, and is waited for as well: so each gets one, the longest day
/// first, and then the one with the largest chunks another.
pub fn extra_chunks<'a>(ledgers: impl IntoIterator<Item = (Day, &'a Ledger)>) -> BTreeMap<Day, usize> {
    let mut days: Vec<Known> = ledgers.into_iter().map(|(day, ledger)| Known::of(day, ledger)).collect();
    days.sort_by_key(|day| std::cmp::Reverse((day.tokens, day.day)));
    let mut left = days.iter().map(|day| day.tokens + day.chunk).sum::<u64>() * EXTRA_PERCENT / 100;
    for day in days.iter_mut().filter(|day| day.members >= FEWEST_MEMBERS) {
        day.take_one(&mut left);
    }
    while let Some(largest) = days.iter_mut().filter(|day| day.extra > 0).max_by_key(|day| day.tokens_a_chunk()) {
        if largest.extra >= MOST_EXTRA || !largest.take_one(&mut left) {
            break;
        }
    }
    days.into_iter().map(|day| (day.day, day.extra)).collect()
}

/// What is known of a day before it is read.
struct Known {
    day: Day,
    members: u64,
    /// Those of its messages.
    tokens: u64,
    /// Those that each chunk has besides.
    chunk: u64,
    extra: usize,
}

impl Known {
    fn of(day: Day, ledger: &Ledger) -> Self {
        let members = ledger.authors.map_or(ledger.message_count, |authors| authors.count());
        let members = members.min(ledger.message_count);
        let tokens = ledger.message_count * TOKENS_OF_A_MESSAGE;
        Self { day, members, tokens, chunk: frame() + members * TOKENS_OF_A_MEMBER, extra: 0 }
    }

    fn tokens_a_chunk(&self) -> u64 {
        self.tokens / (self.extra as u64 + 1)
    }

    /// Whether there was enough left for another chunk.
    fn take_one(&mut self, left: &mut u64) -> bool {
        let Some(rest) = left.checked_sub(self.chunk) else { return false };
        (*left, self.extra) = (rest, self.extra + 1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Authors, UserId};

    /// Days, the latest first, of so many messages by so many people.
    fn extra(days: &[(u64, u64)]) -> Vec<usize> {
        let today: Day = "2025-07-05".parse().unwrap();
        let ledgers: Vec<(Day, Ledger)> = (0..)
            .zip(days)
            .map(|(n, (messages, people))| {
                let mut authors = Authors::NOBODY;
                (1..=*people).for_each(|id| authors.add(UserId::try_from(id).unwrap()));
                let ledger = Ledger { message_count: *messages, authors: Some(authors), ..Ledger::default() };
                (today.days_before(n), ledger)
            })
            .collect();
        extra_chunks(ledgers.iter().map(|(day, ledger)| (*day, ledger))).into_values().rev().collect()
    }

    #[test]
    fn rule_33_the_days_of_a_request_share_what_may_be_spent_on_speed() {
        assert_eq!(extra(&[(200, 7), (17, 7), (532, 7), (118, 7), (12, 7)]), [1, 1, 1, 1, 0]);
        assert_eq!(extra(&[(90, 7), (12, 7), (99, 7)]), [0, 0, 1], "the longest day first");
        assert_eq!(extra(&[(17, 7)]), [0], "by itself it would cost half as much again");
        assert_eq!(extra(&[(17, 7), (5_000, 7)])[0], 1, "nobody notices beside a long one");
        assert_eq!(extra(&[(3, 2), (5_000, 7)])[0], 0, "it is answered soon");
        assert_eq!(extra(&[]), Vec::<usize>::new());
    }

    #[test]
    fn rule_33_what_is_left_goes_to_the_longest_day() {
        let extra = extra(&[(2_000, 20), (100, 20), (4_000, 20)]);
        assert!(extra[2] > extra[0] && extra[0] > extra[1] && extra[1] == 1, "{extra:?}");
    }
}
