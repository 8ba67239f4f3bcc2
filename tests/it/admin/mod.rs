//! The operator console over HTTP: the real daemon, on SQLite, without a broker.

mod ground;

use std::path::Path;

use tempfile::TempDir;

use crate::support::daemon::{Daemon, Settings};
use crate::support::http::{Answer, exchange};

/// A running daemon, and who asks it.
pub struct Stand {
    pub daemon: Daemon,
    pub address: String,
    folder: TempDir,
}

impl Stand {
    /// With what `settings` adds.
    pub async fn with(settings: impl FnOnce(Settings, &Path) -> Settings) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = format!("sqlite:{}", folder.path().join("makegood.db").display());
        let base = Settings::new(folder.path()).store(&store).broker("amqp://127.0.0.1:1");
        let base = base.mail_folder(&folder.path().join("mail"));
        let mut daemon = Daemon::start(&settings(base, folder.path()), "console");
        let address = daemon.http().await;
        Self { daemon, address, folder }
    }

    /// As it is without a word of configuration.
    pub async fn plain() -> Self {
        Self::with(|settings, _| settings).await
    }

    /// Where its files lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Sends a request with these headers, and `Host` as a browser would unless they name another.
    pub fn send(&self, request: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut head = vec![format!("{request} HTTP/1.1")];
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head.push(format!("host: {}", self.address));
        }
        head.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        exchange(&self.address, &head, body.as_bytes())
    }

    /// `GET`, as a browser that takes HTML.
    pub fn page(&self, path: &str) -> Answer {
        self.send(&format!("GET {path}"), &[("accept", "text/html,*/*")], "")
    }
}
