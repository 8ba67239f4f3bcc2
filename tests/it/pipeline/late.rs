//! Mail that grows old on its way.

use super::market::{FULL, Market, all_canceled};
use super::stage::Stage;
use crate::support::daemon::Daemon;
use crate::support::smtp::{Act, Fault, Stage as At};

/// News that the server puts off again and again is given up before it would have to say that it comes late.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_put_off_for_too_long_is_given_up() {
    let stage = Stage::production(&Market::new(2).jobs(2)).await;
    stage.sink.set_faults([Fault::at(At::Rcpt, Act::Reply("451 4.7.1 come back later"))]);
    let settings = stage.settings().set("mail.retry_first", "1s").set("mail.retry_longest", "1s");
    let daemon = Daemon::start_ready(&settings, "daemon").await;
    stage.publish(all_canceled(2)).await;
    stage.until_count(&daemon, "notices where code = 'smtp_451' and attempts > 1", 2).await;
    // Tried each second for as long as mail.give_up_after; as old as that, and an hour younger.
    let aged = |age, person| {
        format!(
            "update notices set created_at = created_at - interval '{age}', attempts = 5 * 86400
             where person_id = 'person-{person}'"
        )
    };
    stage.rows(&aged("5 days", 0)).await;
    stage.rows(&aged("119 hours", 1)).await;
    stage.until_count(&daemon, "notices where state = 'failed' and code = 'smtp_451'", 1).await;
    let others = "select person_id from notices where state in ('deferred', 'leased')";
    assert_eq!(stage.rows(others).await, ["person-1"]);
    assert_eq!(stage.letters().len(), 0);
    stage.assert_made_good(FULL).await;
    stage.stop_clean(daemon).await;
}
