//! The migrations of both databases, and what their state means.
//!
//! A migration either *expands* (it only adds, so that programs of the version before go on beside newer ones) or
//! *contracts* (it takes away what only older programs used, and raises `makegood_schema.needs`).

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};

use super::error::classify;
use super::{MigrationStatus, PendingMigration, StoreError};
use crate::fault::failpoint::planted;

/// Where sqlx notes what it applied.
const TABLE: &str = "makegood_migrations";
/// What is applied.
pub(super) const APPLIED: &str = "select version from makegood_migrations where success order by version";
/// Which migration a program must know.
pub(super) const NEEDS: &str = "select needs from makegood_schema";
/// What a contracting migration says.
const RAISES: &str = "update makegood_schema set needs";
/// The first migration before which programs knew no rule, and refused whatever they did not know.
const RULE_SINCE: i64 = 10;

/// What a person types to bring a schema up to date.
const REMEDY: &str = "run `makegood migrate`";

/// Number, name and text of a migration, in order.
pub(super) type Source = (i64, &'static str, &'static str);

/// The version after this one, for the test of an upgrade: what expands, then what contracts.
const NEXT: [(&str, Source); 2] = [
    (
        "plant-next-expand",
        (
            9_001,
            "next_expand",
            "-- A version to come adds.\n\
             alter table events add column next_note text;\n\
             alter table notices add column next_note text;\n\
             create table next_things (thing bigint primary key);",
        ),
    ),
    (
        "plant-next-contract",
        (
            9_002,
            "next_contract",
            "-- A version to come takes away.\n\
             drop table next_things;\n\
             update makegood_schema set needs = 9002;",
        ),
    ),
];

/// All that this program knows.
fn known(sources: &[Source]) -> Vec<Source> {
    let next = NEXT.into_iter().filter(|(name, _)| planted(name)).map(|(_, source)| source);
    sources.iter().copied().chain(next).collect()
}

/// Applies what is missing; nothing on a schema that a newer program made and this one may work on. Leaves locking to
/// its caller: sqlx's own lock deadlocks on PostgreSQL and is none on SQLite.
pub(super) async fn run<C: Migrate>(
    sources: &[Source], found: &MigrationStatus, conn: &mut C,
) -> Result<(), StoreError> {
    if !found.unknown.is_empty() {
        return found.require_current();
    }
    let migrations = known(sources).into_iter().map(|(version, name, sql)| {
        Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    migrator.set_locking(false);
    migrator.dangerous_set_table_name(TABLE);
    migrator.run_direct(None, conn, false).await.map_err(failed)
}

/// Sets what is applied beside what this version knows.
pub(super) fn status(sources: &[Source], applied: &[i64], needs: Option<i64>) -> MigrationStatus {
    let sources = known(sources);
    let name = |(version, name, _): &Source| format!("{version:04}_{name}");
    let pending = sources.iter().filter(|(version, ..)| !applied.contains(version)).map(|source| PendingMigration {
        name: name(source),
        summary: source.2.lines().next().unwrap_or_default().trim_start_matches("-- ").to_owned(),
        expands: source.0 > RULE_SINCE && !source.2.contains(RAISES),
    });
    MigrationStatus {
        applied: sources.iter().filter(|(version, ..)| applied.contains(version)).map(name).collect(),
        pending: pending.collect(),
        unknown: applied
            .iter()
            .copied()
            .filter(|version| !sources.iter().any(|(known, ..)| known == version))
            .collect(),
        newest: sources.iter().map(|(version, ..)| *version).max().unwrap_or(0),
        needs,
    }
}

impl MigrationStatus {
    /// This program may work on the schema, or an error says what to do.
    pub fn require_current(&self) -> Result<(), StoreError> {
        let needs = self.needs.unwrap_or(0);
        if let Some(first) = self.unknown.iter().min().filter(|_| needs > self.newest || self.needs.is_none()) {
            return Err(StoreError::Schema(format!(
                "the database has migration {first:04}, which this makegood does not know, and it is for programs that \
                 know migration {needs:04}: it was migrated by a newer one; start that one"
            )));
        }
        match self.pending.first().map(|first| &first.name) {
            None => Ok(()),
            Some(first) if self.applied.is_empty() => Err(StoreError::Schema(format!(
                "the database has no makegood schema yet (first migration {first}): {REMEDY}"
            ))),
            Some(first) => Err(StoreError::Schema(format!(
                "the database lacks {} migration(s), the first is {first}: {REMEDY}",
                self.pending.len()
            ))),
        }
    }

    /// Whether a newer program migrated the database, and this one may work on it all the same.
    pub fn is_ahead(&self) -> bool {
        !self.unknown.is_empty() && self.require_current().is_ok()
    }
}

/// A failed migration as an error of the store.
fn failed(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => classify("migrate")(source),
        MigrateError::VersionMismatch(version) => StoreError::Schema(format!(
            "migration {version:04} in the database differs from the one in this makegood: one of them was edited after it was applied"
        )),
        other => StoreError::Defect { doing: "migrate", source: sqlx::Error::Migrate(Box::new(other)) },
    }
}

#[cfg(test)]
mod tests {
    use super::{Source, status};

    const SOURCES: [Source; 3] = [
        (9, "old", "-- Old."),
        (11, "adds", "-- Adds.\nalter"),
        (12, "takes", "-- Takes.\nupdate makegood_schema set needs = 12;"),
    ];

    #[test]
    fn a_plan_says_who_may_go_on() {
        let plan = status(&SOURCES, &[], None);
        let told: Vec<_> =
            plan.pending.iter().map(|one| (one.name.as_str(), one.summary.as_str(), one.expands)).collect();
        assert_eq!(told, [("0009_old", "Old.", false), ("0011_adds", "Adds.", true), ("0012_takes", "Takes.", false)]);
    }

    #[test]
    fn a_newer_schema_is_refused_where_it_says_so() {
        assert!(status(&SOURCES, &[9, 11, 12, 13], Some(12)).is_ahead());
        let refused = status(&SOURCES, &[9, 11, 12, 13], Some(13)).require_current().expect_err("contracted");
        assert!(refused.to_string().contains("know migration 0013"), "{refused}");
        status(&SOURCES, &[9, 11, 12, 13], None).require_current().expect_err("no rule");
        assert!(!status(&SOURCES, &[9, 11, 12], Some(12)).is_ahead(), "its own");
    }
}
