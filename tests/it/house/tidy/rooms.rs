//! Foreign crates live in rooms: what only one module knows, only one module has to change with.

use super::Source;
use super::lexer::words;

/// Crate, and the places (files, or folders with `/` at the end) that may name it.
const HOUSED: [(&str, &[&str]); 40] = [
    ("sqlx", &["src/store/"]),
    ("lapin", &["src/broker/"]),
    ("lettre", &["src/mail/"]),
    ("rustls_native_certs", &["src/mail/", "src/broker/"]),
    ("tokio_rustls", &["src/mail/", "src/broker/", "src/admin/"]),
    ("ring", &["src/mail/", "src/broker/", "src/admin/"]),
    ("sfv", &["src/mail/"]),
    ("handlebars", &["src/mail/"]),
    ("fluent_bundle", &["src/mail/"]),
    ("unic_langid", &["src/mail/"]),
    ("idna", &["src/mail/"]),
    ("axum", &["src/admin/"]),
    ("argon2", &["src/admin/"]),
    ("askama", &["src/admin/"]),
    ("ipnet", &["src/admin/", "src/config/"]),
    ("rpassword", &["src/cli/"]),
    ("serde_html_form", &["src/admin/"]),
    // `makegood health` asks the daemon over HTTP, `makegood topology check` RabbitMQ's management API.
    ("hyper", &["src/admin/", "src/cli/", "src/broker/management/"]),
    ("hyper_util", &["src/admin/", "src/cli/", "src/broker/management/"]),
    ("http_body_util", &["src/admin/", "src/cli/", "src/broker/management/"]),
    ("url", &["src/broker/management/"]),
    ("percent_encoding", &["src/broker/management/", "src/admin/"]),
    ("regex", &["src/broker/topology/doctor/"]),
    ("clap", &["src/cli/", "src/main.rs"]),
    ("clap_complete", &["src/cli/"]),
    ("clap_mangen", &["src/cli/"]),
    ("sd_notify", &["src/app/systemd.rs"]),
    ("comfy_table", &["src/cli/"]),
    ("indicatif", &["src/cli/"]),
    ("csv", &["src/cli/", "src/app/", "src/worker/history/"]),
    ("anyhow", &["src/cli/", "src/app/", "src/config/", "src/shutdown/", "src/shutdown.rs", "src/main.rs"]),
    ("backoff", &["src/broker/reconnect.rs"]),
    ("fail", &["src/fault/failpoint.rs"]),
    ("metrics_exporter_prometheus", &["src/telemetry/"]),
    ("opentelemetry", &["src/telemetry/traces.rs"]),
    ("opentelemetry_otlp", &["src/telemetry/traces.rs"]),
    ("opentelemetry_sdk", &["src/telemetry/traces.rs"]),
    ("tracing_subscriber", &["src/telemetry/", "src/config/sections.rs"]),
    ("humantime", &["src/config/", "src/cli/", "src/app/", "src/admin/console/"]),
    ("strsim", &["src/config/", "src/cli/"]),
];

/// Rooms that decide as data: no task, no socket, no log.
const PURE: [&str; 4] = ["event", "fault", "clock", "policy"];

/// What a pure room may not name.
const IMPURE: [&str; 6] = ["async", "await", "tokio", "tokio_util", "tracing", "futures_util"];

/// A housed crate is named in its room alone.
pub fn foreign_crates(source: &Source) -> Vec<String> {
    if !source.is_product() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (name, places) in HOUSED {
        let inside = places
            .iter()
            .any(|place| if place.ends_with('/') { source.path.starts_with(place) } else { source.path == *place });
        if !inside {
            let at = names_crate(&source.code, name);
            findings.extend(at.map(|at| source.finding(at, format!("{name} lives in {} alone", places.join(", ")))));
        }
    }
    findings
}

/// Floor 0 and `policy` do nothing but decide.
pub fn purity(source: &Source) -> Vec<String> {
    if !source.room().is_some_and(|room| PURE.contains(&room)) {
        return Vec::new();
    }
    let found = IMPURE.iter().flat_map(|word| words(&source.code, word).map(move |at| (at, word)));
    found.map(|(at, word)| source.finding(at, format!("{word} has no place where things are only decided"))).collect()
}

/// Where code names a crate: at the head of a path, in a `use`, or as an attribute of its derive macro.
pub fn names_crate<'a>(code: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    words(code, name).filter(move |at| {
        let (before, after) = (code[..*at].trim_end(), &code[at + name.len()..]);
        let inner = before.ends_with("::") && before.trim_end_matches(':').ends_with(|c: char| c.is_alphanumeric());
        let imported = ["use", "crate", "{", ","].iter().any(|word| before.ends_with(word)) && {
            let statement = before.rfind(';').map_or(before, |end| &before[end..]);
            statement.contains("use ") || before.ends_with("use") || before.ends_with("extern crate")
        };
        let closed = after.trim_start().starts_with([';', ',', '}']) || after.trim_start().starts_with("as ");
        !inner && (after.starts_with("::") || before.ends_with("#[") || (imported && closed))
    })
}
