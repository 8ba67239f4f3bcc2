//! Holds docs/metrics.md against the table of metrics, and the table against the rules of Prometheus.

use makegood::telemetry::metrics::{Kind, TABLE};

const HEAD: &str = "# Metrics

`GET /metrics` on `http.listen`, Prometheus text form. Written from the table in `src/telemetry/metrics.rs` by a test
(`WRITE_DOCS=1 make test ARGS=\"--test it -- house::metrics\"`).

Names that begin with `messaging_` or `db_` are those of the OpenTelemetry conventions
([messaging](https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/),
[database](https://opentelemetry.io/docs/specs/semconv/database/database-metrics/)) in the spelling of Prometheus.
Each daemon counts what it did itself, since it started; gauges of the store (`makegood_outbox_…`,
`makegood_dead_letters`, `makegood_events_open`) are the same in all of them: take `max`, not `sum`. Labels are closed
sets; no id, name or address is one.

| metric | kind | labels | meaning |
| --- | --- | --- | --- |
";

fn reference() -> String {
    let rows = TABLE.iter().map(|metric| {
        let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        format!("| `{}` | {} | {} | {} |\n", metric.name, metric.kind.as_str(), labels.join(", "), metric.meaning)
    });
    format!("{HEAD}{}", rows.collect::<String>())
}

#[test]
fn the_reference_is_written_as_the_table_has_it() {
    super::written("docs/metrics.md", &reference());
}

/// <https://prometheus.io/docs/practices/naming/>: counters end in `_total`, times are seconds, nothing else claims to be.
#[test]
fn names_follow_the_rules() {
    for metric in TABLE {
        let name = metric.name;
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        assert_eq!(metric.kind == Kind::Counter, name.ends_with("_total"), "{name}");
        assert!(
            metric.kind != Kind::Histogram || name.ends_with("_duration_seconds") || name.ends_with("_age_seconds"),
            "{name}"
        );
        assert!(["makegood_", "messaging_", "db_"].iter().any(|prefix| name.starts_with(prefix)), "{name}");
        let mut labels = metric.labels.to_vec();
        labels.dedup();
        assert_eq!(labels.len(), metric.labels.len(), "{name}: a label twice");
        assert!(!labels.iter().any(|label| ["id", "person", "account", "address", "job"].contains(label)), "{name}");
    }
}
