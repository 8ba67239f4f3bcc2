//! One suite, run on PostgreSQL and on SQLite; and what is special about each.

mod announcements;
mod archive;
mod bench;
mod erasure;
mod events;
mod fanout;
mod files;
mod inquiry;
mod intake;
mod ledger;
mod letters;
mod line;
mod periphery;
mod outbox;
mod past;
mod plans;
mod replay;
mod retention;
mod schema;
mod seals;

/// Makes a test of each case for each database.
macro_rules! on_both {
    ($($module:ident: $($case:ident),+ $(,)?);+ $(;)?) => {
        mod postgres {
            $(mod $module { $(
                #[tokio::test]
                async fn $case() {
                    crate::store::$module::$case(crate::store::bench::Bench::postgres().await).await;
                }
            )+ })+
        }
        mod sqlite {
            $(mod $module { $(
                #[tokio::test]
                async fn $case() {
                    crate::store::$module::$case(crate::store::bench::Bench::sqlite().await).await;
                }
            )+ })+
        }
    };
}

on_both! {
    schema:
        four_migrate_at_once,
        an_empty_database_says_what_to_type,
        a_newer_schema_is_refused;
    intake:
        an_event_is_applied_once_and_the_balance_moves,
        a_redelivery_is_a_duplicate,
        another_payload_under_the_same_id_is_a_conflict,
        the_same_event_twice_in_a_batch_counts_once,
        a_version_is_claimed_by_none_that_it_did_not_decide,
        two_events_about_one_proposal_in_one_batch,
        an_unknown_job_waits_and_is_applied_when_due,
        an_unknown_job_is_a_dead_letter_in_the_end,
        what_is_refused_is_a_dead_letter,
        a_hold_ends_with_a_credit_and_one_letter,
        the_policy_ends_a_hold_with_a_credit,
        a_batch_with_many_proposals_is_taken_in_by_parts,
        dead_letters_count_up,
        two_stores_with_the_same_batch_apply_it_once,
        a_waiting_event_that_is_refused_alone_is_put_off;
    inquiry:
        what_comes_again_is_counted,
        an_event_knows_what_it_speaks_of_and_when_it_was_published,
        a_decision_keeps_what_it_saw,
        an_id_is_found_in_all_its_kinds,
        it_is_said_why_nothing_happened,
        what_the_audit_found_stands_in_the_timeline,
        a_proposal_that_came_late_is_told_apart,
        pages_meet_each_proposal_once,
        a_statement_runs_alike_in_pages_and_both_ways;
    ledger:
        it_is_append_only,
        a_charge_is_reversed_once,
        a_balance_that_overflows_rolls_everything_back,
        an_account_that_vanished_rolls_everything_back;
    fanout:
        it_goes_on_after_a_crash,
        a_person_with_accounts_in_two_chunks_gets_one_letter,
        a_large_event_does_not_block_a_small_one,
        two_large_events_take_turns,
        a_chunk_that_lacks_an_account_waits_where_it_stands,
        a_held_fan_out_is_decided_again,
        a_refusal_ends_it,
        what_the_database_refuses_holds_up_no_other;
    line:
        its_steps_are_told_in_order,
        whoever_is_told_by_two_chunks_gets_one_letter,
        what_goes_wrong_with_a_later_chunk_leaves_the_earlier_ones,
        a_hold_ends_with_one_letter_each,
        two_processes_on_one_event_credit_each_account_once;
    outbox:
        a_hold_on_an_event_keeps_back_what_it_has_yet_to_tell,
        an_announcement_is_held_with_its_notice,
        a_notice_let_go_waits_for_the_end_of_its_event,
        a_hold_leaves_the_mark_of_a_replay;
    retention:
        what_is_purged_stays_a_duplicate_and_the_ledger_whole,
        the_audit_and_explain_know_what_was_purged,
        a_purged_event_still_says_what_it_is_about,
        what_gave_nothing_back_is_not_decided_again,
        pages_meet_every_event_once,
        two_purges_at_once_take_each_event_once;
    replay:
        a_patch_replaces_the_body_and_the_original_stays,
        headers_and_content_type_come_back,
        what_fails_again_is_the_same_letter,
        an_unresolved_event_is_decided_again,
        an_event_that_dies_once_more_opens_the_letter_it_came_from,
        a_dead_event_takes_a_corrected_payload,
        a_conflict_stays_one_unless_it_has_a_new_id,
        a_dead_event_that_decided_something_keeps_its_words,
        a_dead_fan_out_begins_anew,
        a_head_cannot_be_replayed,
        what_was_applied_in_another_way_is_resolved,
        proposals_credited_before_are_counted,
        a_waiting_event_is_decided_now_and_a_held_one_is_not,
        what_is_settled_or_gone_is_left_alone,
        what_the_database_refuses_fails_alone,
        credit_then_mail,
        late_notices_are_kept_back_and_let_go,
        late_notices_of_the_queue_are_kept_back,
        mail_finds_what_a_patch_had_credited,
        a_conflict_lets_nothing_go,
        every_chunk_keeps_its_notices_back,
        what_waits_keeps_its_notices_back_when_it_is_decided,
        both_lets_go_what_an_earlier_replay_kept_back,
        its_letters_are_frozen_and_counted,
        an_order_is_limited_and_must_make_sense,
        two_at_once_have_one_effect,
        a_canceled_one_stops_before_its_next_letter,
        a_lapsed_lease_lets_another_carry_on,
        a_prediction_is_the_replay_without_its_traces,
        an_innocent_letter_is_applied_in_its_trial,
        a_trial_that_fails_opens_the_letter,
        what_the_database_refuses_ends_its_trial,
        a_letter_that_ends_the_process_is_condemned;
    announcements:
        a_notice_and_a_return_are_announced_once,
        nothing_is_announced_where_it_is_off,
        what_a_hold_keeps_back_is_announced_with_its_letter,
        what_is_kept_back_is_told_nowhere,
        what_a_fan_out_keeps_back_is_told_with_all_its_lines,
        a_key_that_is_not_asked_for_holds_up_no_other,
        what_is_released_is_due_again_and_what_failed_is_not,
        a_lapsed_lease_of_announcements_passes_on_and_fences_the_late,
        an_unreadable_announcement_hides_no_other;
    erasure:
        no_table_holds_what_was_erased,
        an_erased_event_is_still_a_duplicate,
        nobody_erased_is_told_or_taken_in_again,
        what_is_being_sent_is_waited_for,
        an_address_that_two_share_stays_suppressed,
        what_is_held_about_a_person_is_all_there;
    past:
        the_sums_are_exact_and_nothing_is_written,
        each_side_remembers_what_it_gave_back,
        facts_that_moved_are_counted,
        a_large_event_is_judged_by_chunks;
    seals:
        the_digest_can_be_made_by_hand,
        what_is_changed_behind_a_seal_is_named,
        a_seal_that_is_altered_or_taken_out_is_named,
        two_who_seal_at_once_make_one_chain;
}
