//! What every store does, whichever it is: the same tests on the store in memory and on DynamoDB's adapter over a real
//! client. The DynamoDB of the local cloud refuses reads that are not consistent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod contract;
mod dynamodb;

/// Runs each test of the contract on both stores.
macro_rules! on_both_stores {
    ($($test:ident),+ $(,)?) => {
        mod in_memory {
            $(#[tokio::test]
            async fn $test() {
                let store = guild_memory::testing::InMemoryStore::default();
                crate::contract::$test(&store, &store).await;
            })+
        }
        mod on_dynamodb {
            $(#[tokio::test]
            async fn $test() {
                let cloud = crate::dynamodb::Cloud::start();
                crate::contract::$test(&cloud.messages, cloud.messages.memory()).await;
            })+
        }
    };
}

on_both_stores!(
    messages_come_back_whole_and_in_order,
    a_tombstone_is_no_message_and_keeps_its_expiry,
    rule_5_messages_and_ledger_change_together_or_not_at_all,
    a_new_message_must_be_new_or_expired,
    burying_leaves_the_ledger_alone,
    ninety_nine_messages_fit_into_one_change,
    guilds_and_days_do_not_mix,
    a_final_summary_has_no_end_and_an_open_one_has,
    a_later_version_is_not_overwritten,
    a_summary_of_a_thousand_people_comes_back_whole,
    rule_7_a_window_has_everybody_and_every_day,
    facts_change_only_at_the_revision_that_was_seen,
    an_alias_is_known_once,
    the_name_of_the_last_message_counts,
    a_memory_comes_back_whole,
);
