//! Tests of the house itself: its floors, its configuration, the services it stands on.

mod commands;
mod config;
mod counts;
mod deploy;
mod docs;
// The doors of the targets are built in with the failpoints.
#[cfg(feature = "failpoints")]
mod fuzz;
mod reasons;
mod integration;
mod metrics;
mod migrations;
mod services;
mod steps;
mod tidy;

/// A document that is written from the code stands there as the code has it.
fn written(document: &str, contract: &str) {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    if std::env::var_os("WRITE_DOCS").is_some() {
        std::fs::write(&file, contract).expect("written");
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    for (line, (written, code)) in written.lines().zip(contract.lines()).enumerate() {
        assert_eq!(written, code, "{document}:{}: WRITE_DOCS=1 writes it anew", line + 1);
    }
    assert!(written == contract, "{document} lacks or has lines: WRITE_DOCS=1 writes it anew");
}
