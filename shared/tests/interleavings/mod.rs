//! Random interleavings of builders, waiters, crashes, freezes, ingests and deletions, over a store that shows the items of a
//! transaction one after the other, and functions that share an account's executions and are throttled at times, against a simple sequential
//! specification: at the end, and in every answer on the way, a person's memory holds that person's words, and none that were
//! deleted before the request began.
//!
//! Each case runs in virtual time on one thread: a wait costs nothing, and the same case always runs in the same order.

mod actors;
mod jittery;
mod scenario;
mod torn;

use proptest::{prelude::*, test_runner::Config};
use scenario::{Change, Message, Reader, Scenario};

proptest! {
    #![proptest_config(Config { cases: 4_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn rule_8_and_19_whatever_happens_everybody_has_their_own_words_and_no_deleted_ones(scenario in scenario::scenarios()) {
        actors::run(&scenario).check_words()?;
    }
}

proptest! {
    #![proptest_config(Config { cases: 2_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn rule_20_and_41_whatever_happens_nothing_is_left_of_who_is_erased_but_what_they_wrote_after_it(
        scenario in scenario::scenarios_with_erases()
    ) {
        actors::run(&scenario).check_words()?;
    }
}

/// A message of that moment is being stored, and not all of it is seen yet.
#[test]
fn rule_41_an_erase_waits_for_what_is_being_stored() {
    for seed in 0..200 {
        let scenario = Scenario {
            at_first: vec![Message { second_day: true, author: 11 }, Message { second_day: true, author: 10 }],
            readers: vec![Reader { starts: 0, dies_after: None, frozen: None, max_wait: None, refreshes: false }],
            changes: vec![(26_573, Change::SayNow(10)), (28_428, Change::Erase(10, None))],
            seed,
            slowest_model: 12_000,
            ages: false,
            failures: None,
            throttled: None,
            executions: None,
        };
        actors::run(&scenario).check_words().unwrap();
    }
}

proptest! {
    #![proptest_config(Config { cases: 1_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn rule_9_and_41_the_erase_of_somebody_who_never_wrote_has_nothing_paid_twice(scenario in scenario::scenarios()) {
        let erases = (0..3).map(|n| (n * 15_000, Change::Erase(12, None))).collect();
        let outcome = actors::run(&Scenario { changes: erases, ..scenario }.with_nobody_dying());
        outcome.check_words()?;
        outcome.check_nothing_was_paid_twice()?;
    }
}

proptest! {
    #![proptest_config(Config { cases: 4_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn rule_8_and_9_where_nobody_dies_and_nothing_changes_nothing_is_paid_twice(scenario in scenario::scenarios()) {
        let readers_only = Scenario { changes: vec![], ..scenario }.with_nobody_dying();
        let outcome = actors::run(&readers_only);
        outcome.check_words()?;
        outcome.check_nothing_was_paid_twice()?;
    }
}
