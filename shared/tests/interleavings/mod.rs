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
use scenario::Scenario;

proptest! {
    #![proptest_config(Config { cases: 8_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn rule_8_and_19_whatever_happens_everybody_has_their_own_words_and_no_deleted_ones(scenario in scenario::scenarios()) {
        actors::run(&scenario).check_words()?;
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
