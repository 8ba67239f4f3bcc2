//! One suite, run on PostgreSQL and on SQLite; and what is special about each.

mod bench;
mod events;
mod fanout;
mod files;
mod intake;
mod ledger;
mod letters;
mod periphery;
mod schema;

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
        two_events_about_one_proposal_in_one_batch,
        an_unknown_job_waits_and_is_applied_when_due,
        an_unknown_job_is_a_dead_letter_in_the_end,
        what_is_refused_is_a_dead_letter,
        a_hold_ends_with_a_credit_and_one_letter,
        the_policy_ends_a_hold_with_a_credit,
        events_beyond_the_batch_are_left_to_the_fan_out,
        dead_letters_count_up,
        two_stores_with_the_same_batch_apply_it_once,
        a_waiting_event_that_is_refused_alone_is_put_off;
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
}
