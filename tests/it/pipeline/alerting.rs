//! The three worst alerts against a running daemon and a real Prometheus: nobody consumes, dead letters grow, the
//! ledger disagrees. The rules are those of `deploy/prometheus`, with the times they wait for taken out.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::market::{all_canceled, bytes};
use super::outage::{Behind, EVENTS};
use crate::support::daemon::Daemon;
use crate::support::{service, wait};

/// Prometheus starts, scrapes twice and evaluates: some seconds.
const DEADLINE: Duration = Duration::from_secs(90);

/// A Prometheus that scrapes one daemon each second. Killed when the value goes away.
struct Prometheus {
    child: Child,
    address: String,
}

impl Prometheus {
    fn start(folder: &Path, daemon: &str) -> Self {
        let rules = include_str!("../../../deploy/prometheus/makegood.rules.yml");
        let at_once: String = rules
            .lines()
            .filter(|line| !line.trim_start().starts_with("for: "))
            .map(|line| format!("{line}\n"))
            .collect();
        std::fs::write(folder.join("makegood.rules.yml"), at_once).expect("written");
        let config = include_str!("../../../deploy/prometheus/prometheus.yml")
            .replace("makegood:9464", daemon)
            .replace("15s", "1s");
        std::fs::write(folder.join("prometheus.yml"), config).expect("written");
        let address = free_address();
        let child = Command::new(service("MAKEGOOD_TEST_PROMETHEUS"))
            .arg(format!("--config.file={}", folder.join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.join("prometheus.log")).expect("a log"))
            .spawn()
            .expect("Prometheus starts");
        Self { child, address }
    }

    /// Names of the alerts that fire, with their code where they have one.
    fn firing(&self) -> Vec<String> {
        let url = format!("http://{}/api/v1/alerts", self.address);
        let Ok(mut answer) = ureq::get(&url).call() else { return Vec::new() };
        let Ok(answer) = answer.body_mut().read_json::<Value>() else { return Vec::new() };
        let alerts = answer["data"]["alerts"].as_array().cloned().unwrap_or_default();
        let firing = alerts.iter().filter(|alert| alert["state"] == "firing");
        let label = |alert: &Value, name: &str| alert["labels"][name].as_str().unwrap_or_default().to_owned();
        firing
            .map(|alert| format!("{} {}", label(alert, "alertname"), label(alert, "code")).trim().to_owned())
            .collect()
    }

    async fn until(&self, alert: &str, fires: bool) {
        let mut last = Vec::new();
        let came = wait::answer(DEADLINE, async || {
            last = self.firing();
            (last.iter().any(|name| name == alert) == fires).then_some(())
        });
        assert!(came.await.is_some(), "{alert} should {}fire: {last:?}", if fires { "" } else { "not " });
    }

    /// It has seen the daemon.
    async fn until_scraped(&self) {
        let url = format!("http://{}/api/v1/query?query=count(makegood_build_info)", self.address);
        wait::until("the daemon is scraped", DEADLINE, async || {
            let answer = ureq::get(&url).call().ok().and_then(|mut answer| answer.body_mut().read_json::<Value>().ok());
            answer.is_some_and(|answer| answer["data"]["result"][0]["value"][1] == "1")
        })
        .await;
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port that is free now: Prometheus 2.42 does not tell which one it took.
fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_three_worst_alerts_fire_and_end() {
    let behind = Behind::new().await;
    let Behind { stage, broker, .. } = &behind;
    let settings = behind.settings().set("audit.lag", "0s").set("audit.every", "1s");
    let mut daemon = Daemon::start_ready(&settings, "daemon").await;
    stage.publish(all_canceled(EVENTS)).await;
    stage.until_applied(&daemon, EVENTS).await;
    let folder = tempfile::tempdir().expect("a folder");
    let prometheus = Prometheus::start(folder.path(), &daemon.http().await);
    prometheus.until_scraped().await;
    prometheus.until("MakegoodGone", false).await;

    broker.cut();
    prometheus.until("MakegoodConsumerGone", true).await;
    broker.mend();
    prometheus.until("MakegoodConsumerGone", false).await;

    assert!(!prometheus.firing().contains(&"MakegoodDeadLettersGrow".to_owned()));
    stage.publish(vec![bytes("job-canceled", b"no event".to_vec())]).await;
    prometheus.until("MakegoodDeadLettersGrow", true).await;

    assert!(!prometheus.firing().contains(&"MakegoodLedgerDisagrees balance_wrong".to_owned()));
    let first = "where account_id = (select min(account_id) from accounts) returning account_id";
    stage.rows(&format!("update accounts set balance = balance + 1 {first}")).await;
    prometheus.until("MakegoodLedgerDisagrees balance_wrong", true).await;
    stage.rows(&format!("update accounts set balance = balance - 1 {first}")).await;
    prometheus.until("MakegoodLedgerDisagrees balance_wrong", false).await;

    assert!(daemon.kill().is_some());
    prometheus.until("MakegoodGone", true).await;
}
