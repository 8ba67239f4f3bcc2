//! SIGTERM, at rest and in the middle of things; a second one; and a stop that takes too long.

use std::collections::BTreeSet;
use std::process::{Child, Command, ExitStatus};

use super::market::{FULL, Market, all_canceled, message, suspended};
use super::stage::{DEADLINE, Stage, logged};
use crate::support::daemon::{Daemon, Settings};
use crate::support::smtp::{Act, Fault, Stage as At};
use crate::support::wait;

const EVENTS: usize = 200;

/// Many jobs with one proposal each, and a client with as many proposals on one post.
pub fn market() -> Market {
    Market::new(EVENTS).jobs(EVENTS).job("crowd", "client-crowd", 0..EVENTS)
}

/// Stopped with a backlog, and started again.
pub async fn a_stop_leaves_nothing_half_done(stage: Stage) {
    // Batches of four, so that the stop comes between many.
    let settings = stage.settings().set("broker.batch_max", 4).set("broker.prefetch", 8).set("mail.batch", 4);
    // Slow between commit and ack, where failpoints are built in.
    let mut first = Daemon::start_ready(&settings.failpoints("k6=sleep(20)"), "first").await;
    stage.publish(all_canceled(EVENTS)).await;
    let begun = async || stage.count("events where state = 'applied'").await > 0;
    wait::until("the first events are applied", DEADLINE, begun).await;
    let status = first.terminate(DEADLINE).await;
    assert!(status.success(), "{status}:\n{}", first.log_tail());
    assert_eq!(stage.count("notices where state = 'leased'").await, 0, "what was leased is settled");
    let (applied, left) = (stage.count("events").await, stage.left_in("makegood.events").await as usize);
    assert_eq!(applied + left, EVENTS, "acked is what is committed");
    assert!(left > 0, "the stop came in the middle");
    let sent = stage.count("notices where state = 'sent'").await;
    assert_eq!(stage.letters().len(), sent);

    let second = stage.daemon("second").await;
    stage.until_applied(&second, EVENTS).await;
    assert_eq!(stage.letters().len(), EVENTS, "one letter each");
    stage.stop_clean(second).await;
    stage.assert_sums().await;
    assert_eq!(stage.count("connects_entries where kind = 'return'").await, EVENTS);
}

/// Stopped between two chunks, and started again.
pub async fn a_stop_in_a_fan_out_is_carried_on(stage: Stage) {
    let settings = stage.settings().set("store.inline_proposals_max", 10).set("store.chunk_accounts", 1);
    let mut first = Daemon::start_ready(&settings.failpoints("k9=sleep(20)"), "first").await;
    stage.publish(vec![message(&suspended("s", "client-crowd"))]).await;
    wait::until("the first chunks are applied", DEADLINE, async || stage.count("decisions").await > 3).await;
    let status = first.terminate(DEADLINE).await;
    assert!(status.success(), "{status}:\n{}", first.log_tail());
    assert_eq!(stage.count("events where state = 'fanning_out'").await, 1, "the stop came in the middle");

    let second = stage.daemon("second").await;
    stage.until_applied(&second, 1).await;
    assert_eq!(stage.count("decisions where verdict = 'credited'").await, EVENTS);
    assert_eq!(stage.count("connects_entries where kind = 'return'").await, EVENTS);
    stage.assert_sums().await;
    let told: BTreeSet<_> = stage.letters().into_iter().map(|letter| letter.to).collect();
    assert_eq!((told.len(), stage.letters().len()), (EVENTS, EVENTS), "one letter each");
    stage.stop_clean(second).await;
}

/// A daemon whose process is at hand. Killed when the value goes away.
struct Raw {
    child: Child,
    log: std::path::PathBuf,
}

impl Raw {
    fn start(stage: &Stage, settings: &Settings) -> Self {
        let log = stage.folder.path().join("raw.log");
        let file = std::fs::File::create(&log).expect("a log");
        let child = settings.command().arg("run").stderr(file).spawn().expect("the program starts");
        Self { child, log }
    }

    fn terminate(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
    }

    async fn logged(&self, words: &[&str]) {
        let seen = async || logged(&self.log, words) > 0;
        wait::until(&format!("{words:?} is logged"), DEADLINE, seen).await;
    }

    async fn exit(&mut self) -> ExitStatus {
        let status = wait::answer(DEADLINE, async || self.child.try_wait().expect("it can be asked")).await;
        status.expect("it ends")
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A mail server that never answers holds a mail, and with it the stop.
async fn held_by_a_mail(grace: &str) -> (Stage, Raw) {
    let stage = Stage::production(&Market::new(1).jobs(1)).await;
    stage.sink.set_faults([Fault::at(At::Dot, Act::Silence)]);
    let settings = stage.settings().set("shutdown.grace", grace).set("mail.lease", "10m");
    let settings = settings.set("mail.smtp.data_timeout", "2m").set("mail.smtp.total_timeout", "3m");
    let raw = Raw::start(&stage, &settings);
    raw.logged(&["attached"]).await;
    stage.publish(all_canceled(1)).await;
    wait::until("a conversation began", DEADLINE, async || stage.sink.connections() > 0).await;
    wait::until("a notice is leased", DEADLINE, async || stage.count("notices where state = 'leased'").await == 1)
        .await;
    (stage, raw)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_sigterm_insists() {
    let (stage, mut raw) = held_by_a_mail("10m").await;
    raw.terminate();
    raw.logged(&["asked to stop"]).await;
    assert_eq!(raw.child.try_wait().expect("it can be asked"), None, "the mail holds it");
    raw.terminate();
    assert_eq!(raw.exit().await.code(), Some(1));
    assert_eq!(logged(&raw.log, &["stopping now"]), 1);
    // The credit stands, the mail is done again when its lease is over.
    stage.assert_made_good(FULL).await;
    assert_eq!(stage.count("notices where state = 'leased'").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_grace_period_ends() {
    let (stage, mut raw) = held_by_a_mail("1s").await;
    raw.terminate();
    assert_eq!(raw.exit().await.code(), Some(1));
    assert_eq!(logged(&raw.log, &["stopping now", "Grace"]), 1);
    stage.assert_made_good(FULL).await;
}
