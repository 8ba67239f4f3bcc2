//! What a scenario is played on: the parts of the program with a clock of the scenario's, a database, and mail.

use std::sync::Arc;

use makegood::app::{Access, Parts};
use makegood::clock::{Clock, ManualClock};
use makegood::config::{Config, Sources};
use time::OffsetDateTime;

use crate::support::db::Db;
use crate::support::letter::{Letter, eml_files};
use crate::support::postgres::Database;
use crate::support::smtp::Sink;

/// The decision table that comes with makegood.
const TABLE: &str = include_str!("../../../config/policy.toml");

/// Where, and how, a scenario is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// SQLite, mail into a folder.
    Sqlite,
    /// PostgreSQL, mail to a mail server.
    Postgres,
    /// As SQLite, with every event applied account by account: what comes of it must be the same.
    InChunks,
}

/// Goes away with the value.
pub struct Stage {
    pub config: Config,
    pub parts: Parts,
    pub clock: ManualClock,
    pub db: Db,
    sink: Option<Sink>,
    folder: tempfile::TempDir,
}

impl Stage {
    /// A migrated, empty database; the policy with the scenario's own settings; the clock at `begin`.
    pub async fn set(setting: Setting, settings: &toml::Table, begin: OffsetDateTime) -> Result<Self, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let policy = folder.path().join("policy.toml");
        std::fs::write(&policy, table_with(settings)?).expect("written");
        let file = folder.path().join("makegood.db");
        let mut flags = vec![
            ("policy.file".to_owned(), policy.display().to_string()),
            ("mail.folder.path".to_owned(), folder.path().join("mail").display().to_string()),
            ("in_app.enabled".to_owned(), "true".to_owned()),
            ("mail.help_url".to_owned(), "https://marketplace.example/help".to_owned()),
        ];
        let (mut sink, mut database) = (None, None);
        if setting == Setting::Postgres {
            let (created, server) = (Database::create().await, Sink::start().await);
            let smtp = [
                ("store.url", created.url()),
                ("mail.transport", "smtp".into()),
                ("mail.from_address", "connects@makegood.test".into()),
                ("mail.smtp.host", server.addr.ip().to_string()),
                ("mail.smtp.port", server.addr.port().to_string()),
                ("mail.smtp.tls", "none".into()),
            ];
            flags.extend(smtp.map(|(key, value)| (key.to_owned(), value)));
            (sink, database) = (Some(server), Some(created));
        } else {
            flags.push(("store.url".to_owned(), format!("sqlite:{}", file.display())));
        }
        if setting == Setting::InChunks {
            let small = ["store.inline_proposals_max", "store.batch_proposals_max", "store.chunk_accounts"];
            flags.extend(small.map(|key| (key.to_owned(), "1".to_owned())));
        }
        let config = Config::load(&Sources { flags, ..Sources::default() }).map_err(|error| error.to_string())?;
        let mut parts = Parts::assemble(&config, Access::Exclusive).await.map_err(|error| format!("{error:#}"))?;
        let clock = ManualClock::at(begin);
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        parts.clock = Arc::clone(&shared);
        parts.intake.clock = shared;
        parts.store.migrate().await.expect("migrated");
        let db = match database {
            Some(database) => Db::postgres(database).await,
            None => Db::sqlite(&file).await,
        };
        Ok(Stage { config, parts, clock, db, sink, folder })
    }

    /// Every mail that has arrived, in no order.
    pub fn mails(&self) -> Vec<Letter> {
        let bytes: Vec<Vec<u8>> = match &self.sink {
            Some(sink) => sink.messages().iter().map(|message| message.bytes.clone()).collect(),
            None => eml_files(&self.folder.path().join("mail/new")),
        };
        bytes.iter().map(|bytes| Letter::read(bytes)).collect()
    }
}

/// The table that comes with makegood, with settings changed.
fn table_with(settings: &toml::Table) -> Result<String, String> {
    let mut table: toml::Table = TABLE.parse().expect("TOML");
    let versions = table["version"].as_array_mut().expect("versions");
    for (name, value) in settings {
        for version in versions.iter_mut() {
            let known = version["settings"].as_table_mut().expect("settings");
            if known.insert(name.clone(), value.clone()).is_none() {
                return Err(format!("settings.{name}: the policy has no such setting"));
            }
        }
    }
    Ok(toml::to_string(&table).expect("TOML"))
}
