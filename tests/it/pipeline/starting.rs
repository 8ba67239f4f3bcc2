//! Starts that must fail, and say why.

use std::process::Output;

use makegood::broker::Topology;

use super::market::{FULL, Market, all_canceled};
use super::stage::{DEADLINE, Stage, logged};
use crate::support::daemon::{Daemon, Settings};
use crate::support::wait;

/// Runs it to its end, which must come by itself.
async fn run(settings: &Settings, more: &[&str]) -> Output {
    let mut command = settings.command();
    command.arg("run").args(more);
    let ended = tokio::task::spawn_blocking(move || command.output().expect("the program starts"));
    tokio::time::timeout(DEADLINE, ended).await.expect("it ends by itself").expect("joined")
}

/// Exit code 1 and all of `words` on stderr.
fn assert_refused(output: &Output, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for word in words {
        assert!(said.contains(word), "{word} in:\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_daemon_on_the_same_sqlite_file_is_refused() {
    let stage = Stage::embedded(&Market::new(1).jobs(1)).await;
    let first = stage.daemon("first").await;
    assert_refused(&run(&stage.settings(), &[]).await, &["another makegood is working on", "makegood.db"]);
    // The first is none the worse for it.
    stage.publish(all_canceled(1)).await;
    stage.until_applied(&first, 1).await;
    stage.assert_made_good(FULL).await;
    stage.stop_clean(first).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topology_that_is_not_fit_is_named_and_can_be_declared() {
    let stage = Stage::embedded(&Market::new(1).jobs(1)).await;
    let checking = stage.settings().set("broker.declare_topology", false);
    assert_refused(&run(&checking, &[]).await, &["not fit", "makegood.events", "marketplace"]);
    assert_eq!(stage.vhost.queues(), Vec::<String>::new(), "checking creates nothing");

    let other = Topology {
        exchange: "marketplace".into(),
        queue: "makegood.events".into(),
        binding_keys: vec!["job-canceled".into()],
        dead_letter_exchange: "makegood.dlx".into(),
        dead_queue: "makegood.dead".into(),
        delivery_limit: 7,
        max_length: None,
        announcements: None,
    };
    other.declare(&stage.broker()).await.expect("declared");
    for declare in ["false", "true"] {
        let settings = checking.clone().set("broker.declare_topology", declare);
        assert_refused(&run(&settings, &[]).await, &["makegood.events", "x-delivery-limit", "7", "20"]);
    }
    other.remove(&stage.broker()).await.expect("removed");

    let log = stage.folder.path().join("declaring.log");
    let mut declaring = checking.command();
    declaring.args(["run", "--set", "broker.declare_topology=true"]);
    let mut child = declaring.stderr(std::fs::File::create(&log).expect("a log")).spawn().expect("the program starts");
    wait::until("it declares and attaches", DEADLINE, async || logged(&log, &["attached"]) > 0).await;
    child.kill().expect("killed");
    child.wait().expect("it ends");
    // What is there and fit is checked and used.
    let daemon = Daemon::start_ready(&checking, "daemon").await;
    stage.publish(all_canceled(1)).await;
    stage.until_applied(&daemon, 1).await;
    stage.stop_clean(daemon).await;
}
