//! Rules and dashboard: read by promtool, about metrics that exist, each alert with a page of the runbook.

use std::collections::BTreeSet;
use std::process::Command;

use makegood::telemetry::metrics::{Kind, TABLE};
use serde_json::Value;

use super::{deploy, passes, read, root};
use crate::support::service;

const RULES: &str = "prometheus/makegood.rules.yml";

fn promtool(arguments: &[&str]) -> Command {
    let mut command = Command::new(service("MAKEGOOD_TEST_PROMTOOL"));
    command.args(arguments).current_dir(deploy("prometheus"));
    command
}

/// Values of `key: value` lines, without quotes.
fn values<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    let key = format!("{key}: ");
    text.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix(&key)).collect()
}

#[test]
fn every_alert_fires_when_it_should_and_not_before() {
    passes(&mut promtool(&["check", "rules", "makegood.rules.yml"]));
    passes(&mut promtool(&["check", "config", "prometheus.yml"]));
    passes(&mut promtool(&["test", "rules", "makegood.rules.test.yml"]));
    let (rules, tests) = (read(RULES), read("prometheus/makegood.rules.test.yml"));
    for alert in values(&rules, "alert") {
        assert!(tests.contains(&format!("alertname=\"{alert}\", alertstate=\"firing\"")), "{alert} has no test");
    }
}

#[test]
fn every_alert_has_its_page_in_the_runbook() {
    let rules = read(RULES);
    let runbook = std::fs::read_to_string(root().join("docs/runbook.md")).expect("the runbook");
    let pages: BTreeSet<_> = runbook.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let (alerts, links) = (values(&rules, "alert"), values(&rules, "runbook_url"));
    assert_eq!(alerts.len(), links.len());
    for (alert, link) in alerts.iter().zip(links) {
        assert_eq!(link, format!("docs/runbook.md#{}", alert.to_lowercase()));
    }
    assert_eq!(pages, alerts.into_iter().collect(), "pages of the runbook and alerts");
}

/// Names of series in PromQL: words that begin as ours do.
fn series(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| ["makegood_", "messaging_", "db_client_"].iter().any(|p| word.starts_with(p))).collect()
}

/// A series that a dashboard or rule names, or a label of one.
fn is_known(name: &str) -> bool {
    TABLE.iter().any(|metric| {
        let of_histogram = ["_bucket", "_sum", "_count"].iter().any(|end| name == format!("{}{end}", metric.name));
        (metric.kind == Kind::Histogram && of_histogram) || name == metric.name || metric.labels.contains(&name)
    })
}

#[test]
fn rules_and_dashboard_are_about_metrics_that_exist() {
    let dashboard = read("grafana/makegood.json");
    for (place, text) in [(RULES, read(RULES)), ("the dashboard", dashboard)] {
        let named = series(&text);
        assert!(named.len() > 10, "{named:?}");
        let unknown: Vec<_> = named.into_iter().filter(|name| !is_known(name)).collect();
        assert_eq!(unknown, Vec::<&str>::new(), "in {place}");
    }
}

#[test]
fn the_dashboard_is_one_that_prometheus_can_answer() {
    let dashboard: Value = serde_json::from_str(&read("grafana/makegood.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let ids: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_u64().expect("an id")).collect();
    assert_eq!(ids.len(), panels.len(), "ids are unique");
    let mut rules = "groups:\n- name: dashboard\n  rules:\n".to_owned();
    let mut asked = 0;
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        assert!(panel["title"].as_str().is_some_and(|title| !title.is_empty()), "{panel}");
        for target in panel["targets"].as_array().expect("targets") {
            asked += 1;
            rules.push_str(&format!("  - {{ record: 'panel:{asked}', expr: {} }}\n", target["expr"]));
        }
    }
    assert!(asked > 20, "{asked}");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("dashboard.yml");
    std::fs::write(&file, rules).expect("written");
    passes(&mut promtool(&["check", "rules", &file.display().to_string()]));
}
