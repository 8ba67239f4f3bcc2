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

/// Findings about `[dependencies]` and `[dev-dependencies]`.
pub fn dependencies(manifest: &str, sources: &[Source]) -> Vec<String> {
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
            if !sources.iter().any(used) {
                findings.push(format!("Cargo.toml: {name} is used nowhere"));
            }
        }
        above = line;
    }
    findings
}
