//! From a refused recipient to a letter that leaves again; and what comes back over HTTP.

use std::time::Duration;

use super::market::{Market, address, all_canceled, message, removed};
use super::stage::Stage;
use crate::support::daemon::{Daemon, Settings};
use crate::support::returned::sample;
use crate::support::smtp::{Act, Fault, Stage as At};

/// What a caller must know.
const TOKEN: &str = "canary-of-the-bounces";

/// A command beside the daemon; its stdout.
fn beside(settings: &Settings, arguments: &[&str]) -> String {
    let output = settings.command().args(arguments).output().expect("started");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suppressed_address_is_released_and_gets_mail_again() {
    let market = Market::new(1).jobs(1).job("job-then", "client-then", [0]).job("job-now", "client-now", [0]);
    let stage = Stage::production(&market).await;
    let gone = Fault::at(At::Rcpt, Act::Reply("550 5.1.1 no such user")).to(&address(0)).times(1);
    stage.sink.set_faults([gone]);
    let settings = stage.settings();
    let daemon = Daemon::start_ready(&settings, "daemon").await;
    stage.publish(all_canceled(1)).await;
    stage.until_count(&daemon, "notices where state = 'failed' and code = 'smtp_550'", 1).await;
    stage.publish(vec![message(&removed("then", "job-then"))]).await;
    stage.until_count(&daemon, "notices where state = 'suppressed'", 1).await;
    assert!(stage.letters().is_empty(), "nothing left for that address");
    let listed = beside(&settings, &["suppressions", "list", "--person", "person-0", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    let number = listed["entries"][0]["no"].to_string();
    beside(&settings, &["suppressions", "release", &number, "--reason", "the mailbox is back", "--operator", "ana"]);
    stage.publish(vec![message(&removed("now", "job-now"))]).await;
    stage.until_count(&daemon, "notices where state = 'sent'", 1).await;
    assert_eq!(stage.letters().len(), 1);
    stage.stop_clean(daemon).await;
}

/// Status and body of a call.
fn post(url: &str, token: Option<&str>, kind: &str, body: &[u8]) -> (u16, String) {
    let config =
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(30))).http_status_as_error(false);
    let agent: ureq::Agent = config.build().into();
    let mut request = agent.post(url).header("content-type", kind);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut answer = request.send(body).expect("an answer");
    (answer.status().as_u16(), answer.body_mut().read_to_string().expect("text"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_back_is_taken_in_over_http() {
    let market = Market::new(2).jobs(2);
    for stage in [Stage::embedded(&market).await, Stage::production(&market).await] {
        std::fs::write(stage.folder.path().join("token"), format!("{TOKEN}\n")).expect("written");
        let file = stage.folder.path().join("token");
        let settings = stage.settings().set("http.bounces_token_file", file.display());
        let mut daemon = Daemon::start_ready(&settings, "daemon").await;
        stage.publish(all_canceled(2)).await;
        stage.until_applied(&daemon, 2).await;
        let letter = stage.letters().into_iter().find(|letter| letter.to == address(0)).expect("a letter");
        let url = format!("http://{}/bounces", daemon.http().await);
        let bounce = sample("postfix-no-such-user", &letter.message_id, &address(0));
        let kind = "message/rfc822";
        assert_eq!(post(&url, None, kind, &bounce).0, 401);
        assert_eq!(post(&url, Some("canary-of-the-bounce"), kind, &bounce).0, 401);
        assert_eq!(post(&url, Some(TOKEN), "application/json", b"{}").0, 415);
        assert_eq!(post(&url, Some(TOKEN), kind, b"Subject: win\n\nclick").0, 400);
        assert_eq!(post(&url, Some(TOKEN), kind, &vec![b'x'; 1024 * 1024 + 1]).0, 413);
        assert_eq!(stage.count("suppressions").await, 0);
        let (status, body) = post(&url, Some(TOKEN), kind, &bounce);
        assert_eq!(status, 202, "{body}");
        assert!(body.contains("\"failed\":true") && body.contains("\"suppressed\":true"), "{body}");
        let again = post(&url, Some(TOKEN), kind, &bounce);
        assert!(again.0 == 202 && again.1.contains("\"known\""), "{again:?}");
        assert_eq!(stage.count("notices where state = 'failed' and code = 'bounced'").await, 1);
        assert_eq!(stage.count("suppressions where cause = 'bad-mailbox'").await, 1);
        let metrics = daemon.page("/metrics").await;
        let counted = "makegood_mail_returned_total{outcome=\"recorded\",code=\"bounced\"} 1";
        assert!(metrics.contains(counted), "{metrics}");
        stage.assert_nothing_leaks(&[metrics, body, again.1]);
        let log = std::fs::read_to_string(daemon.log()).expect("a log");
        assert!(!log.contains(TOKEN), "the token is logged");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_token_nobody_is_listening() {
    let stage = Stage::embedded(&Market::new(1).jobs(1)).await;
    let mut daemon = stage.daemon("daemon").await;
    let url = format!("http://{}/bounces", daemon.http().await);
    assert_eq!(post(&url, Some(""), "message/rfc822", b"x").0, 404);
}
