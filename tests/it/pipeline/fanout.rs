//! An event with more proposals than a transaction takes.

use super::market::{FULL, Market, canceled, message, suspended};
use super::stage::{DEADLINE, Stage};
use crate::support::daemon::Daemon;
use crate::support::wait;

const CROWD: usize = 300;

pub fn market() -> Market {
    Market::new(CROWD + 1)
        .job("crowd-1", "client-crowd", 0..CROWD / 2)
        .job("crowd-2", "client-crowd", CROWD / 2..CROWD)
        .job("small", "client-small", [CROWD])
}

/// A small event is credited while the large one is under way; a kill in the middle loses and doubles nothing.
pub async fn a_large_event_holds_nobody_up_and_survives_a_kill(stage: Stage) {
    let settings = stage.settings().set("store.inline_proposals_max", 10).set("store.chunk_accounts", 1);
    // What the killed daemon had leased comes free soon.
    let settings = settings.set("mail.lease", "10s").set("mail.batch", 4);
    let settings = settings.set("mail.smtp.total_timeout", "5s");
    // Slow between two chunks, where failpoints are built in.
    let mut first = Daemon::start_ready(&settings.clone().failpoints("k9=sleep(20)"), "first").await;
    stage.publish(vec![message(&suspended("large", "client-crowd"))]).await;
    wait::until("chunks are applied", DEADLINE, async || stage.count("decisions").await > 3).await;
    stage.publish(vec![message(&canceled("small", "small"))]).await;
    let small = "events where event_id = 'small' and state = 'applied'";
    wait::until("the small event is applied", DEADLINE, async || stage.count(small).await == 1).await;
    assert_eq!(stage.rows("select state from events where event_id = 'large'").await, ["fanning_out"]);
    assert_eq!(first.kill(), Some(9));
    let done = stage.count("decisions").await;
    assert!(done < CROWD, "the kill came in the middle, not after {done}");

    let second = Daemon::start_ready(&settings.set("store.chunk_accounts", 50), "second").await;
    stage.until_applied(&second, 2).await;
    stage.assert_made_good(FULL).await;
    assert_eq!(stage.count("decisions where verdict = 'credited'").await, CROWD + 1);
    assert_eq!(stage.count("connects_entries where kind = 'return'").await, CROWD + 1);
    assert_eq!(stage.count("fanout_accounts").await, 0);
    stage.assert_told_of_one_notice(CROWD + 1);
    stage.stop_clean(second).await;
}
