//! Errors of the store; each knows whether trying again may help.

use crate::fault::{Classify, Fault};

/// Why a use case failed. Nothing of it was written, save where `Unavailable` says that a commit's reply was lost: then
/// the inbox tells, on the next try.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is away, starting, read-only, out of room, or the connection was cut.
    #[error("the database is not available ({doing})")]
    Unavailable {
        /// Which use case or SQL file.
        doing: &'static str,
        /// The driver's error.
        #[source]
        source: sqlx::Error,
    },
    /// Lost a race for a lock: deadlock, serialization failure, lock or statement timeout, busy file.
    #[error("the database was busy ({doing})")]
    Contention {
        /// Which use case or SQL file.
        doing: &'static str,
        /// The driver's error.
        #[source]
        source: sqlx::Error,
    },
    /// A rule of the database refused the data: a unique key, a check, a trigger.
    #[error("the database refused the data ({doing}, constraint {constraint})")]
    Refused {
        /// Which use case or SQL file.
        doing: &'static str,
        /// Name of the constraint, `unnamed` where the database does not tell.
        constraint: String,
        /// The driver's error.
        #[source]
        source: sqlx::Error,
    },
    /// A row holds what this version cannot read.
    #[error("table {table} holds {found} in {column}: {expected} was expected")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// What stands there (never a person's data).
        found: String,
        /// What should.
        expected: &'static str,
    },
    /// The schema is not this version's.
    #[error("{0}")]
    Schema(String),
    /// The database cannot be used as it is set up, or the request makes no sense.
    #[error("{0}")]
    Setup(String),
    /// Any other error of the driver: a defect of makegood.
    #[error("the database rejected a statement ({doing})")]
    Defect {
        /// Which use case or SQL file.
        doing: &'static str,
        /// The driver's error.
        #[source]
        source: sqlx::Error,
    },
}

impl Classify for StoreError {
    fn fault(&self) -> Fault {
        match self {
            StoreError::Unavailable { .. } | StoreError::Contention { .. } => Fault::Transient,
            _ => Fault::Permanent,
        }
    }
}
