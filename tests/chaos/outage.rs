//! The database is away for minutes while events come in: nothing may become a dead letter, and all is done after.

use std::time::{Duration, Instant};

use crate::hold;
use crate::phase::{Outcome, Phase};
use crate::rig::{LEASED_MAX, Rig};
use crate::support::wait;

/// Messages published at once.
const ROUND: usize = 50;

/// How soon a daemon must notice.
const NOTICED: Duration = Duration::from_secs(60);

/// Every event once; a third of the way the database goes away for `outage`, and what is left comes in meanwhile.
pub async fn run(rig: &Rig, outage: Duration) -> Outcome {
    let mut phase = Phase::start(rig, "outage", &rig.settings()).await;
    let messages = rig.deliveries(1);
    let (before, meanwhile) = messages.split_at(messages.len() / 3);
    phase.publish(before.to_vec(), ROUND, async |_, _| {}).await;

    let door = &rig.doors().database;
    let begun = Instant::now();
    door.cut();
    let rounds = meanwhile.chunks(ROUND);
    let pause = outage / rounds.len() as u32;
    for round in rounds {
        phase.feed.send(round.to_vec()).await;
        hold(pause).await;
    }
    for n in 0..phase.daemons.len() {
        let unready = wait::answer(NOTICED, async || (!phase.daemons[n].is_ready()).then_some(())).await.is_some();
        phase.expect(unready, "a daemon says it is ready without a database");
    }
    hold(outage.saturating_sub(begun.elapsed())).await;
    phase.injected("database_outage_seconds", begun.elapsed().as_secs());
    door.mend();
    let daemons = phase.daemons.len() as u64;
    // What was handed over as the database went, and could not be written down for as long as its lease lasted.
    phase.finish(daemons * LEASED_MAX).await
}
