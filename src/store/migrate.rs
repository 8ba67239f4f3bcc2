//! The migrations of both databases, and what their state means.

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::error::classify;
use super::{MigrationStatus, StoreError};

/// Where sqlx notes what it applied.
const TABLE: &str = "makegood_migrations";

/// What a person types to bring a schema up to date.
const REMEDY: &str = "run `makegood migrate`";

/// Number, name and text of a migration, in order.
pub(super) type Source = (i64, &'static str, &'static str);

/// A migrator that leaves locking to its caller: sqlx's own lock deadlocks on PostgreSQL and is none on SQLite.
pub(super) fn migrator(sources: &[Source]) -> Migrator {
    let migrations = sources.iter().map(|&(version, name, sql)| {
        Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    migrator.set_locking(false);
    migrator.dangerous_set_table_name(TABLE);
    migrator
}

/// Sets what is applied beside what this version knows.
pub(super) fn status(sources: &[Source], applied: &[i64]) -> MigrationStatus {
    let named = |keep: bool| {
        let kept = sources.iter().filter(move |(version, ..)| applied.contains(version) == keep);
        kept.map(|(version, name, _)| format!("{version:04}_{name}")).collect()
    };
    let known = |version: &i64| sources.iter().any(|(number, ..)| number == version);
    MigrationStatus {
        applied: named(true),
        pending: named(false),
        unknown: applied.iter().copied().filter(|version| !known(version)).collect(),
    }
}

/// The schema is this version's, or an error that says what to do.
pub(super) fn require_current(status: &MigrationStatus) -> Result<(), StoreError> {
    if let Some(newest) = status.unknown.iter().max() {
        return Err(StoreError::Schema(format!(
            "the database has migration {newest:04}, which this makegood does not know: it was migrated by a newer one; start that one"
        )));
    }
    match status.pending.first() {
        None => Ok(()),
        Some(first) if status.applied.is_empty() => Err(StoreError::Schema(format!(
            "the database has no makegood schema yet (first migration {first}): {REMEDY}"
        ))),
        Some(first) => Err(StoreError::Schema(format!(
            "the database lacks {} migration(s), the first is {first}: {REMEDY}",
            status.pending.len()
        ))),
    }
}

/// A failed migration as an error of the store.
pub(super) fn failed(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => classify("migrate")(source),
        MigrateError::VersionMissing(version) => StoreError::Schema(format!(
            "the database has migration {version:04}, which this makegood does not know: it was migrated by a newer one; start that one"
        )),
        MigrateError::VersionMismatch(version) => StoreError::Schema(format!(
            "migration {version:04} in the database differs from the one in this makegood: one of them was edited after it was applied"
        )),
        other => StoreError::Defect { doing: "migrate", source: sqlx::Error::Migrate(Box::new(other)) },
    }
}
