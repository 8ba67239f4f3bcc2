//! Where log lines go: text on a terminal, JSON otherwise, always on stderr.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text when stderr is a terminal, JSON otherwise.
    Auto,
    /// For people.
    Text,
    /// For machines: one object a line, control characters escaped.
    Json,
}

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("log.level is no filter: {0} (examples: info, debug, makegood=debug,info)")]
pub struct FilterError(String);

/// Always on top of the configured filter: lapin logs the whole payload of a returned message at WARN, every frame at
/// TRACE, and at ERROR what it also returns, expected answers such as "no such queue" among it; sqlx logs statements;
/// lettre logs every SMTP line, handlebars every value it renders, names too, at DEBUG.
const ALWAYS: [&str; 4] = ["lapin=off", "sqlx=warn", "lettre=info", "handlebars=info"];

/// Installs the log of this process; a second call changes nothing.
pub fn init(format: LogFormat, level: &str) -> Result<(), FilterError> {
    let mut filter = EnvFilter::builder().parse(level).map_err(|_| FilterError(level.to_owned()))?;
    for directive in ALWAYS {
        filter = filter.add_directive(directive.parse().map_err(|_| FilterError(directive.to_owned()))?);
    }
    let json = match format {
        LogFormat::Auto => !std::io::stderr().is_terminal(),
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let installed = if json { lines.json().flatten_event(true).try_init() } else { lines.with_ansi(false).try_init() };
    drop(installed);
    Ok(())
}
