//! An event that comes before what it speaks of.

use super::market::{FULL, Market, canceled, message};
use super::stage::Stage;
use crate::support::daemon::Daemon;

pub fn market() -> Market {
    Market::new(1)
}

/// The job comes by `makegood import`, beside the running daemon; the other never comes.
pub async fn an_event_waits_for_its_job_and_at_last_is_a_dead_letter(stage: Stage) {
    let patient = stage.settings().set("intake.wait_first", "100ms").set("intake.wait_attempts_max", 1_000);
    let patient = patient.set("intake.wait_longest", "200ms");
    let daemon = Daemon::start_ready(&patient, "patient").await;
    stage.publish(vec![message(&canceled("early", "job-late"))]).await;
    stage.until_count(&daemon, "events where state = 'waiting' and code = 'job_unknown' and attempts > 1", 1).await;
    assert_eq!(stage.dead_letters().await, Vec::<String>::new());

    let late = Market::default().job("job-late", "client-late", [0]);
    let mut lines = Vec::new();
    let tables = [
        ("clients", serde_json::to_value(&late.facts.clients)),
        ("jobs", serde_json::to_value(&late.facts.jobs)),
        ("proposals", serde_json::to_value(&late.facts.proposals)),
        ("entries", serde_json::to_value(&late.facts.entries)),
    ];
    for (table, rows) in tables {
        for mut row in rows.expect("JSON").as_array().expect("a list").clone() {
            row["table"] = table.into();
            lines.push(row.to_string());
        }
    }
    let file = stage.folder.path().join("late.ndjson");
    std::fs::write(&file, lines.join("\n")).expect("written");
    let import = patient.command().arg("import").arg(&file).output().expect("import runs");
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    stage.until_applied(&daemon, 1).await;
    stage.assert_made_good(FULL).await;
    assert_eq!(stage.letters().len(), 1);
    stage.stop_clean(daemon).await;

    let hasty = patient.set("intake.wait_attempts_max", 3);
    let daemon = Daemon::start_ready(&hasty, "hasty").await;
    stage.publish(vec![message(&canceled("lost", "job-never"))]).await;
    stage.until_count(&daemon, "events where state = 'dead' and attempts = 3", 1).await;
    assert_eq!(stage.dead_letters().await, ["unresolved/job_unknown"]);
    stage.stop_clean(daemon).await;
}
