//! What every store does, whichever it is: the same tests on the store in memory and on DynamoDB's adapter over a real
//! client. The DynamoDB of the local cloud refuses reads that are not consistent.

mod contract;
mod dynamodb;
mod shapes;

/// Runs each test of the contract on both stores.
macro_rules! on_both_stores {
    ($($test:ident),+ $(,)?) => {
        mod in_memory {
            $(#[tokio::test]
            async fn $test() {
                let store = guild_memory::testing::InMemoryStore::default();
                super::contract::$test(&store, &store).await;
            })+
        }
        mod on_dynamodb {
            $(#[tokio::test]
            async fn $test() {
                let cloud = super::dynamodb::Cloud::start();
                super::contract::$test(&cloud.messages, &cloud.memory).await;
            })+
        }
    };
}

on_both_stores!(
    messages_come_back_whole_and_in_order,
    rule_36_a_ledger_knows_who_may_have_written,
    a_tombstone_is_no_message_and_an_edit_keeps_its_expiry,
    rule_5_messages_and_ledger_change_together_or_not_at_all,
    a_new_message_must_be_new_or_expired,
    a_tombstone_alone_leaves_the_ledger_alone,
    rule_5_a_deletion_that_counts_on_nobody_reading_is_refused_once_somebody_does,
    as_many_messages_as_it_says_fit_into_one_change,
    a_day_knows_the_channels_it_was_written_in,
    rule_28_a_guild_knows_its_days_and_a_day_where_each_message_was_written,
    an_interaction_is_claimed_once_until_its_claim_runs_out,
    rule_30_no_answer_is_counted_over_another,
    rule_38_the_last_note_of_who_was_asked_for_counts,
    guilds_and_days_do_not_mix,
    a_final_summary_has_no_end_and_an_open_one_has,
    rule_5_a_summary_is_renewed_unless_it_is_another_by_now,
    rule_8_one_lease_at_a_time_until_it_runs_out,
    rule_8_a_failure_stays_with_its_attempt,
    rule_9_a_lease_on_a_memory_is_tied_to_its_inputs,
    rule_11_the_same_people_are_handed_over_once_for_a_while,
    rule_10_a_cooldown_only_ever_grows,
    a_cooldown_can_be_ended,
    a_chain_may_name_a_model_twice,
    a_budget_has_room_until_it_is_spent,
    what_one_period_refuses_no_other_counts,
    rule_33_how_fast_a_model_writes_is_kept,
    rule_34_a_line_changes_only_as_it_was_seen,
    rule_34_a_turn_is_taken_by_one_of_many_and_freed_by_whoever_dies,
    rule_15_a_chunk_is_kept_under_its_hash,
    rule_33_how_a_day_is_cut_is_kept,
    rule_19_a_deletion_fences_chunks_and_a_purge_leaves_none,
    rule_19_a_deletion_fences_commits_and_a_purge_leaves_no_words,
    a_summary_of_a_thousand_people_comes_back_whole,
    rule_7_a_window_has_everybody_and_every_day,
    what_was_taught_changes_only_at_the_revision_that_was_seen,
    rule_29_an_alias_comes_back_with_who_taught_it_and_when,
    rule_29_people_are_found_by_the_names_they_are_seen_under,
    rule_29_a_name_that_is_dropped_takes_none_along_that_looks_like_it,
    rule_29_a_name_is_dropped_only_as_the_person_was_seen,
    rule_29_nobody_is_found_by_a_name_that_is_not_kept,
    rule_41_what_was_decided_before_an_erase_is_not_stored_after_it,
    rule_41_whoever_merges_for_who_is_erased_cannot_commit,
    rule_41_who_was_erased_since_is_not_noted_to_be_asked_for,
    rule_41_a_summary_keeps_what_it_tells_of_others,
    rule_41_a_message_of_another_stays_without_who_is_erased,
    rule_41_of_who_is_erased_it_is_kept_that_they_were_and_when,
    rule_42_people_are_read_with_what_their_guild_decided,
    rule_42_it_is_said_once,
    rule_44_when_they_left_first_counts_until_they_come_back,
    rule_44_of_whom_something_is_kept_is_listed_until_they_are_erased,
    rule_45_what_was_decided_before_a_wipe_is_not_stored_after_it,
    rule_45_whoever_builds_or_merges_while_a_guild_is_wiped_cannot_commit,
    rule_45_whatever_was_said_until_a_wipe_stays_out,
    rule_45_a_wipe_leaves_who_opted_out_and_the_settings_that_are_to_stay,
    rule_45_a_wipe_can_be_taken_back_until_it_begins,
    the_name_of_the_last_message_counts,
    rule_32_a_nick_stays_until_somebody_who_knows_the_member_says_otherwise,
    rule_32_that_somebody_has_no_nick_is_remembered_before_a_name_is,
    rule_29_people_are_found_by_the_account_and_the_nick_they_have,
    rule_29_a_name_is_dropped_only_under_the_nick_that_was_seen,
    a_memory_comes_back_whole,
    a_cursor_never_goes_back,
    settings_change_only_at_the_revision_that_was_seen,
    rule_27_the_latest_roles_are_kept,
    rule_28_open_channels_change_only_as_they_were_seen,
);
