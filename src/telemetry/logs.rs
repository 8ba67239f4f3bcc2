//! Where log lines go: text on a terminal, JSON otherwise, always on stderr.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

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

/// Never more than this, whatever the configured filter says: lapin logs the whole payload of a returned message at
/// WARN, every frame at TRACE, and at ERROR what it also returns, expected answers such as "no such queue" among it;
/// sqlx logs statements; lettre logs every SMTP line, handlebars every value it renders, names too, at DEBUG.
const AT_MOST: [(&str, LevelFilter); 4] = [
    ("lapin", LevelFilter::OFF),
    ("sqlx", LevelFilter::WARN),
    ("lettre", LevelFilter::INFO),
    ("handlebars", LevelFilter::INFO),
];

/// Installs the log of this process; a second call changes nothing.
pub fn init(format: LogFormat, level: &str) -> Result<(), FilterError> {
    let filter = filter(level)?;
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

/// The configured filter, with less of what others log too much of. Who asks for less than that gets less.
fn filter(level: &str) -> Result<EnvFilter, FilterError> {
    let mut filter = EnvFilter::builder().parse(level).map_err(|_| FilterError(level.to_owned()))?;
    let most = filter.max_level_hint().unwrap_or(LevelFilter::TRACE);
    for (target, at_most) in AT_MOST {
        let directive = format!("{target}={}", at_most.min(most));
        filter = filter.add_directive(directive.parse().map_err(|_| FilterError(directive))?);
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_log_no_more_than_they_may_and_less_where_less_is_asked_for() {
        let told = |level: &str| filter(level).map(|filter| filter.to_string()).unwrap_or_default();
        for (level, sqlx) in
            [("debug", "sqlx=warn"), ("info", "sqlx=warn"), ("error", "sqlx=error"), ("off", "sqlx=off")]
        {
            let told = told(level);
            assert!(told.contains(sqlx) && told.contains("lapin=off"), "{level}: {told}");
        }
        assert!(filter("makegood=loud").is_err());
    }
}
