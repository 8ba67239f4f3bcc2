//! Errors of the store; each knows whether trying again may help.

use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;

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
    /// Rows handed in break a rule: the text names the row and what is wrong with it. Nothing was written.
    #[error("{0}")]
    Rows(String),
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

impl StoreError {
    /// The database, or what was read from it, speaks against the data of one event: others need not fail.
    pub fn is_about_data(&self) -> bool {
        matches!(self, StoreError::Refused { .. } | StoreError::Inconsistent { .. })
    }
}

impl Classify for StoreError {
    fn fault(&self) -> Fault {
        match self {
            StoreError::Unavailable { .. } | StoreError::Contention { .. } => Fault::Transient,
            _ => Fault::Permanent,
        }
    }
}

/// Names the driver's error by its code, never by its text: `.map_err(classify("apply"))`.
pub(super) fn classify(doing: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |source| {
        let kind = match &source {
            sqlx::Error::Database(error) => kind_of(error.as_ref()),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            // Whoever answers does not speak the protocol, or hangs up in its middle: a proxy without its server does.
            | sqlx::Error::Protocol(_) => Kind::Unavailable,
            _ => Kind::Defect,
        };
        match kind {
            Kind::Unavailable => StoreError::Unavailable { doing, source },
            Kind::Contention => StoreError::Contention { doing, source },
            Kind::Refused => {
                let name = source.as_database_error().and_then(DatabaseError::constraint);
                StoreError::Refused { doing, constraint: name.unwrap_or("unnamed").to_owned(), source }
            }
            Kind::Defect => StoreError::Defect { doing, source },
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unavailable,
    Contention,
    Refused,
    Defect,
}

fn kind_of(error: &dyn DatabaseError) -> Kind {
    let code = error.code().unwrap_or_default();
    match error.try_downcast_ref::<PgDatabaseError>() {
        Some(_) => kind_of_sqlstate(&code),
        None => code.parse().map_or(Kind::Defect, kind_of_sqlite),
    }
}

/// PostgreSQL 15, Appendix A.
fn kind_of_sqlstate(code: &str) -> Kind {
    match code {
        "40001" | "40P01" | "55P03" | "57014" => Kind::Contention,
        // Read-only transaction; idle in transaction for too long.
        "25006" | "25P03" => Kind::Unavailable,
        // Out of range; a character the encoding lacks (NUL).
        "22003" | "22021" => Kind::Refused,
        _ => match code.get(..2) {
            Some("08" | "53" | "58") => Kind::Unavailable,
            Some("57") if code.starts_with("57P") => Kind::Unavailable,
            Some("23") => Kind::Refused,
            _ => Kind::Defect,
        },
    }
}

/// <https://sqlite.org/rescode.html>: the low byte is the primary code.
fn kind_of_sqlite(code: i32) -> Kind {
    match code & 0xff {
        // BUSY, LOCKED, PROTOCOL
        5 | 6 | 15 => Kind::Contention,
        // NOMEM, READONLY, IOERR, FULL, CANTOPEN
        7 | 8 | 10 | 13 | 14 => Kind::Unavailable,
        // TOOBIG, CONSTRAINT
        18 | 19 => Kind::Refused,
        _ => Kind::Defect,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshake_cut_short_may_be_tried_again() {
        let cut = sqlx::Error::Protocol("unexpected response from SSLRequest: 0x00".into());
        assert!(classify("ping")(cut).is_transient());
    }

    #[test]
    fn codes_say_what_may_help() {
        for (code, kind) in [
            ("40001", Kind::Contention),
            ("57014", Kind::Contention),
            ("57P01", Kind::Unavailable),
            ("08006", Kind::Unavailable),
            ("53300", Kind::Unavailable),
            ("25006", Kind::Unavailable),
            ("23505", Kind::Refused),
            ("23001", Kind::Refused),
            ("22003", Kind::Refused),
            ("42P01", Kind::Defect),
            ("", Kind::Defect),
        ] {
            assert_eq!(kind_of_sqlstate(code), kind, "{code}");
        }
        for (code, kind) in [
            (5, Kind::Contention),
            (517, Kind::Contention),
            (2067, Kind::Refused),
            (1811, Kind::Refused),
            (13, Kind::Unavailable),
            (3338, Kind::Unavailable),
            (1, Kind::Defect),
        ] {
            assert_eq!(kind_of_sqlite(code), kind, "{code}");
        }
    }
}
