//! SIGHUP: policy and templates change under a running daemon, or stay as they were.

use std::path::{Path, PathBuf};

use super::market::{FULL, Market, all_canceled, canceled, message};
use super::stage::{Stage, page, until_logged};
use crate::policy::world::TABLE;
use crate::support::daemon::{Daemon, Settings};

const LOADED: &[&str] = &["policy and templates were read again"];
const KEPT: &[&str] = &["policy and templates stay as they were"];
const SUBJECT: &str = include_str!("../../../templates/letters/job-canceled/subject.hbs");

/// A daemon's settings, its policy and its templates in files of their own.
fn settings(stage: &Stage) -> (Settings, PathBuf, PathBuf) {
    let (policy, letters) = (stage.folder.path().join("policy.toml"), stage.folder.path().join("letters"));
    std::fs::create_dir_all(letters.join("letters/job-canceled")).expect("a folder");
    std::fs::write(&policy, TABLE).expect("written");
    let settings = stage.settings().set("policy.file", policy.display()).set("mail.templates_dir", letters.display());
    (settings, policy, letters.join("letters/job-canceled/subject.hbs"))
}

fn write(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::write(path, text).expect("written");
}

/// The built-in table, and after it another version, which begins in the year 2099.
fn with_a_version_to_come() -> String {
    let at = TABLE.find("\n[[version]]").expect("a version");
    let later = TABLE[at..].replace("2019-05-01T00:00:00Z", "2099-01-01T00:00:00Z").replace("2019-05", "2099-01");
    format!("{TABLE}{later}")
}

impl Stage {
    /// Cancels one job and waits for its one letter; its subject.
    async fn subject(&self, daemon: &Daemon, job: usize) -> String {
        let sent = self.letters().len();
        let known: Vec<String> = self.letters().into_iter().map(|letter| letter.message_id).collect();
        self.publish(vec![message(&canceled(&format!("event-{job}"), &format!("job-{job}")))]).await;
        self.until_count(daemon, "notices where state = 'sent'", sent + 1).await;
        let mut new = self.letters();
        new.retain(|letter| !known.contains(&letter.message_id));
        assert_eq!(new.len(), 1, "{new:?}");
        new.remove(0).subject
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_change_and_what_is_wrong_changes_nothing() {
    let stage = Stage::embedded(&Market::new(5).jobs(5)).await;
    let (settings, policy, template) = settings(&stage);
    let mut daemon = Daemon::start_ready(&settings, "daemon").await;
    assert!(!stage.subject(&daemon, 0).await.starts_with("Renewed"));

    write(&template, format!("Renewed {SUBJECT}"));
    daemon.signal("HUP");
    until_logged(&daemon, LOADED, 1).await;
    assert!(stage.subject(&daemon, 1).await.starts_with("Renewed"));

    // Templates that cannot be used, and a word that no letter has.
    for (times, bad) in [(1, "{{#if"), (2, "{{nothing_of_the_kind}}")] {
        write(&template, bad);
        daemon.signal("HUP");
        until_logged(&daemon, KEPT, times).await;
        until_logged(&daemon, &["a reload was refused", "mail.templates_dir", "job-canceled"], times).await;
    }
    assert!(stage.subject(&daemon, 2).await.starts_with("Renewed"));

    // A policy that is none, and one that says other things about what has been decided: with templates that are fit.
    write(&template, format!("Changed {SUBJECT}"));
    let other = TABLE.replacen("hold_days = 14", "hold_days = 15", 1);
    assert_ne!(other, TABLE);
    for (times, bad, why) in [(3, "[[version]]".to_owned(), "valid_from"), (4, other, "2019-05, has begun")] {
        write(&policy, bad);
        daemon.signal("HUP");
        until_logged(&daemon, KEPT, times).await;
        until_logged(&daemon, &["a reload was refused", "policy.file", why], 1).await;
    }
    assert!(stage.subject(&daemon, 3).await.starts_with("Renewed"), "both or neither");
    let metrics = page(&mut daemon, "/metrics").await.1;
    for line in [
        "makegood_reloads_total{outcome=\"loaded\"} 1",
        "makegood_reloads_total{outcome=\"refused\"} 4",
        "makegood_last_reload_successful 0",
        "makegood_policy_in_force{version=\"2019-05\"} 1",
    ] {
        assert!(metrics.contains(line), "no {line} in\n{metrics}");
    }

    write(&policy, with_a_version_to_come());
    daemon.signal("HUP");
    until_logged(&daemon, LOADED, 2).await;
    assert!(stage.subject(&daemon, 4).await.starts_with("Changed"));
    assert!(page(&mut daemon, "/metrics").await.1.contains("makegood_last_reload_successful 1"));
    stage.assert_made_good(FULL).await;
    stage.stop_clean(daemon).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_however_often_it_is_asked() {
    const JOBS: usize = 40;
    let stage = Stage::production(&Market::new(JOBS).jobs(JOBS)).await;
    let (settings, _, template) = settings(&stage);
    let mut daemon = Daemon::start(&settings, "daemon");
    // Before it is ready, too.
    until_logged(&daemon, &["started"], 1).await;
    daemon.signal("HUP");
    daemon.ready().await;
    let mut events = all_canceled(JOBS);
    let rest = events.split_off(JOBS / 2);
    stage.publish(events).await;
    for round in 0..10 {
        write(&template, if round % 3 == 2 { "{{#if".to_owned() } else { format!("Round {round} {SUBJECT}") });
        daemon.signal("HUP");
    }
    stage.publish(rest).await;
    stage.until_applied(&daemon, JOBS).await;
    daemon.signal("HUP");
    stage.until_count(&daemon, "notices where state = 'sent'", JOBS).await;
    stage.assert_made_good(FULL).await;
    assert_eq!(stage.letters().len(), JOBS);
    stage.stop_clean(daemon).await;
}
