//! The store on SQLite: one file, one writer, commits that survive a power cut.

mod announcements;
mod audit;
mod audit_findings;
mod dead;
mod import;
mod inquiry;
mod begin;
mod bounces;
mod erasure;
mod events;
mod letters;
mod migrate;
mod notice_acts;
mod notices;
mod numbers;
mod operator;
mod outbox;
mod past;
mod replay;
mod retention;
mod seals;
mod suppressions;
mod tx;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::ExposeSecret;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqlitePool};

use super::StoreOptions;
use super::delegate::delegate;
use super::delegate::prelude::*;
use super::error::classify;
use crate::fault::failpoint::planted;

/// Readers beside the one writer.
const READERS_MAX: u32 = 4;
/// Rows that the writer's thread may be ahead of who reads them: a statement of a batch, without a wait between two.
const ROWS_AHEAD: usize = 1_024;
/// The writer's pages in memory, in KiB (negative: `PRAGMA cache_size`). What a batch touches is read from the file
/// once.
const CACHE_KIB: &str = "-8192";
/// `PRAGMA synchronous` when it is FULL.
const FULL: i64 = 2;

/// Facts, ledger, inbox and outbox in one file.
#[derive(Debug)]
pub(super) struct SqliteStore {
    /// One connection: writers queue here instead of meeting SQLITE_BUSY.
    pub(super) write: SqlitePool,
    pub(super) read: SqlitePool,
    pub(super) options: StoreOptions,
    /// Held while the store lives; the system lets go of it when the process dies.
    _alone: Option<File>,
}

impl SqliteStore {
    /// Creates the file, and the folder it is in, where there is none, and takes the lock beside it where this process
    /// is to be alone.
    pub(super) async fn open(options: StoreOptions) -> Result<Self, StoreError> {
        let connect = SqliteConnectOptions::from_str(options.url.expose_secret())
            .map_err(|_| StoreError::Setup("the database URL is not one of SQLite (sqlite:PATH)".into()))?;
        let path = connect.get_filename().to_owned();
        let url = options.url.expose_secret();
        if path.as_os_str().is_empty() || url.contains(":memory:") || url.contains("mode=memory") {
            return Err(StoreError::Setup(
                "SQLite needs a file: what is acknowledged to the broker must survive a restart".into(),
            ));
        }
        make_folder(&path)?;
        let alone = if options.exclusive { Some(alone(&path)?) } else { None };
        let connect = connect
            .foreign_keys(true)
            .busy_timeout(options.lock_timeout)
            .synchronous(if planted("plant-sync-normal") { SqliteSynchronous::Normal } else { SqliteSynchronous::Full })
            // Without it INSERT OR REPLACE deletes a row past its delete trigger.
            .pragma("recursive_triggers", "on")
            // What is erased, or written over by something shorter, leaves no trace in the file.
            .pragma("secure_delete", "on");
        let writer = connect
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .row_buffer_size(ROWS_AHEAD)
            .pragma("cache_size", CACHE_KIB);
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .acquire_timeout(options.acquire_timeout)
            // A full disk makes SQLite roll back by itself, and the driver then counts a transaction open that is not:
            // nothing could ever begin on that connection again.
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_with(writer)
            .await
            .map_err(classify("open"))?;
        let level =
            sqlx::query_scalar::<_, i64>("pragma synchronous").fetch_one(&write).await.map_err(classify("open"))?;
        if level != FULL {
            return Err(StoreError::Setup(format!(
                "{}: PRAGMA synchronous is {level} and not FULL ({FULL}): a power cut could undo commits",
                path.display()
            )));
        }
        let read = SqlitePoolOptions::new()
            .max_connections(READERS_MAX)
            .acquire_timeout(options.acquire_timeout)
            .connect_lazy_with(connect.read_only(true));
        Ok(SqliteStore { write, read, options, _alone: alone })
    }

    fn pools(&self) -> [PoolUse; 2] {
        [PoolUse::new("work", &self.write), PoolUse::new("questions", &self.read)]
    }

    async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

delegate!(SqliteStore);

/// The default is `var/makegood.db`: nobody should have to make `var` first.
fn make_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::create_dir_all(folder)
        .map_err(|error| StoreError::Setup(format!("the folder {} cannot be made: {error}", folder.display())))
}

/// Takes the lock file beside the database, or says who is in the way.
fn alone(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock = PathBuf::from(name);
    let cannot =
        |error: std::io::Error| StoreError::Setup(format!("the lock file {} cannot be used: {error}", lock.display()));
    let file = File::options().create(true).truncate(false).write(true).open(&lock).map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Setup(format!(
            "another makegood is working on {} (it holds {}): stop it first, or give this one a database of its own",
            path.display(),
            lock.display()
        ))),
        Err(TryLockError::Error(error)) => Err(cannot(error)),
    }
}

/// A parameter for `json_each`.
fn json<T: serde::Serialize + ?Sized>(rows: &T) -> Result<String, StoreError> {
    serde_json::to_string(rows)
        .map_err(|error| StoreError::Defect { doing: "json", source: sqlx::Error::Encode(Box::new(error)) })
}
