//! Connections cut at the moments that matter: around COMMIT, around acks and confirms, around a letter's final dot.

use std::time::Duration;

use super::phase::{Outcome, Phase};
use super::rig::Rig;
use crate::support::cuts::Cut;
use crate::support::smtp::{Act, Fault, Stage};
use crate::support::wait;

/// Messages published at once: few, so that confirms are many.
const ROUND: usize = 20;

/// Rounds published after all are out, to give the cuts that are left their chance.
const EXTRA_ROUNDS: usize = 1_000;

/// What is to be cut, each so many times.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// Each of the four cuts of [`Cut`].
    pub each: u64,
    /// After the final dot: the letter taken; taken and said so; not taken. Each.
    pub mail: u64,
    /// Backends ended by `pg_terminate_backend`.
    pub backends: u64,
}

/// Every event twice through doors that cut until all that is ordered is done.
pub async fn run(rig: &Rig, order: Order) -> Outcome {
    // Small batches: many commits and many acks.
    let settings = rig.settings().set("broker.batch_max", 8).set("mail.batch", 8).set("mail.connections", 2);
    let mut phase = Phase::start(rig, "cuts", &settings).await;
    let doors = rig.doors();
    for (cut, stride) in [(Cut::CommitReply, 6), (Cut::CommitRequest, 6), (Cut::Ack, 3), (Cut::Confirm, 2)] {
        doors.cuts.order(cut, order.each, stride);
    }
    rig.sink.set_faults([
        Fault::at(Stage::Dot, Act::TakeAndClose).times(order.mail).every(5),
        Fault::at(Stage::Dot, Act::TakeSayAndClose).times(order.mail).every(5),
        Fault::at(Stage::Dot, Act::Close).times(order.mail).every(5),
    ]);
    let mut backends = 0;
    phase
        .publish(rig.deliveries(2), ROUND, async |phase, out| {
            while backends < (out * order.backends as f64) as u64 {
                let ended = rig.terminate_backend().await;
                phase.injected("pg_terminate_backend", ended);
                backends += 1;
            }
        })
        .await;
    let again = rig.deliveries(1);
    for round in again.chunks(ROUND).cycle().take(EXTRA_ROUNDS) {
        let done = wait::answer(Duration::from_millis(500), async || (doors.cuts.left() == 0).then_some(())).await;
        if done.is_some() {
            break;
        }
        phase.feed.send(round.to_vec()).await;
    }
    phase.expect(doors.cuts.left() == 0, format!("{} cuts found no chance", doors.cuts.left()));
    // A letter that was taken and not owned up to is sent again once an operator says so; nothing else may repeat one.
    let taken = |rig: &Rig| rig.sink.cuts().get("after_dot_taken").copied().unwrap_or(0);
    let all_mail_cut = wait::answer(Duration::from_secs(60), async || (taken(rig) == order.mail).then_some(())).await;
    phase.expect(all_mail_cut.is_some(), "too few letters to cut");
    phase.finish(order.mail).await
}
