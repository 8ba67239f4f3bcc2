//! Every dependency has a line that says why it is there, and something that uses it.

use super::Source;
use super::rooms::names_crate;

/// No line needed: what everybody knows, or what the line above the crate before it covers (`hyper`'s helpers).
const FAMILIAR: [&str; 15] = [
    "serde",
    "serde_json",
    "thiserror",
    "time",
    "tokio",
    "toml",
    "tracing",
    "tracing-subscriber",
    "uuid",
    "tempfile",
    "walkdir",
    "hyper-util",
    "http-body-util",
    "metrics-exporter-prometheus",
    "sqlx",
];

/// Dependencies whose rooms are still being built. Each line goes away with the room; a stale one is a finding.
const NOT_YET: &[&str] = &[
    "anyhow",
    "axum",
    "backoff",
    "clap",
    "comfy-table",
    "csv",
    "fail",
    "fluent-bundle",
    "futures-util",
    "handlebars",
    "hex",
    "hyper",
    "hyper-util",
    "http-body-util",
    "idna",
    "indicatif",
    "lapin",
    "lettre",
    "metrics",
    "metrics-exporter-prometheus",
    "tokio",
    "tokio-util",
    "tracing",
    "unic-langid",
    "insta",
    "mail-parser",
    "proptest",
    "rand",
    "rcgen",
    "tokio-rustls",
];

/// Findings about `[dependencies]` and `[dev-dependencies]`.
pub fn dependencies(manifest: &str, sources: &[Source]) -> Vec<String> {
    check(manifest, sources, NOT_YET)
}

/// As [`dependencies`], with a list of one's own.
pub fn check(manifest: &str, sources: &[Source], not_yet: &[&str]) -> Vec<String> {
    let mut findings = Vec::new();
    let (mut section, mut above) = ("", "");
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if let (true, Some((name, _))) = (section.ends_with("dependencies]"), line.split_once(" = ")) {
            if !above.starts_with("# ") && !FAMILIAR.contains(&name) {
                findings.push(format!("Cargo.toml: {name} has no line that says why it is there"));
            }
            let dev = section == "[dev-dependencies]";
            let ident = name.replace('-', "_");
            let used =
                |source: &Source| (dev || source.is_product()) && names_crate(&source.code, &ident).next().is_some();
            match (sources.iter().any(used), not_yet.contains(&name)) {
                (false, false) => findings.push(format!("Cargo.toml: {name} is used nowhere")),
                (true, true) => findings.push(format!("tidy: {name} is used now: take it off NOT_YET")),
                _ => {}
            }
        }
        above = line;
    }
    findings
}
