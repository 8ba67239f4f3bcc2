//! The running program, end to end: events into a real queue, balances and mail out, and what can go wrong between.

mod alerting;
mod announcing;
mod addresses;
mod collect;
mod collecting;
mod counting;
mod fanout;
mod flow;
mod hostile;
mod killer;
mod late;
mod leaks;
mod limits;
pub mod market;
mod outage;
mod reattach;
mod reloading;
mod replaying;
mod refusing;
mod returning;
mod sending;
pub mod stage;
mod starting;
mod stopping;
mod tracing;
mod upgrading;
mod waiting;

/// Makes a test of each case for the embedded default (SQLite, folder) and for the production parts (PostgreSQL, SMTP).
macro_rules! on_both {
    ($($module:ident: $($case:ident),+ $(,)?);+ $(;)?) => {
        mod embedded {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let market = crate::pipeline::$module::market();
                    crate::pipeline::$module::$case(crate::pipeline::stage::Stage::embedded(&market).await).await;
                }
            )+)+
        }
        mod production {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let market = crate::pipeline::$module::market();
                    crate::pipeline::$module::$case(crate::pipeline::stage::Stage::production(&market).await).await;
                }
            )+)+
        }
    };
}

on_both! {
    announcing:
        every_notice_and_every_return_is_told_once,
        a_kill_repeats_and_loses_nothing,
        what_no_queue_takes_is_kept_and_holds_up_no_other;
    collect:
        what_lies_in_the_dead_queue_becomes_a_letter,
        a_crash_before_the_ack_makes_no_second_letter;
    counting:
        the_metrics_say_what_the_database_says;
    flow:
        events_become_credits_and_letters;
    replaying:
        a_killed_replay_is_carried_on,
        a_stopped_daemon_gives_its_replay_back;
    killer:
        innocents_are_applied_and_the_killer_is_a_dead_letter;
    hostile:
        bad_input_never_stops_the_good;
    waiting:
        an_event_waits_for_its_job_and_at_last_is_a_dead_letter;
    stopping:
        a_stop_leaves_nothing_half_done,
        a_stop_in_a_fan_out_is_carried_on;
    refusing:
        one_refused_event_does_not_fail_its_neighbours,
        a_database_that_takes_nothing_is_waited_for_and_buries_nothing,
        refusals_that_trickle_in_are_buried_five_times_and_no_more,
        two_refused_events_are_buried_once_another_is_credited,
        events_put_off_outlast_a_database_that_takes_nothing;
    fanout:
        a_large_event_holds_nobody_up_and_survives_a_kill;
}
