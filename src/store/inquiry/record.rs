//! Rows as records: read by the names of their columns on either database, with moments as moments.

use sqlx::{ColumnIndex, Decode, Row, Type};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::store::at::At;

/// A value as a record has it, and as a column gives it.
pub(super) trait Column {
    /// As the column gives it.
    type Raw;
    /// As the record has it.
    fn of(raw: Self::Raw) -> Self;
}

macro_rules! as_it_is {
    ($($kind:ty),+ $(,)?) => { $(
        impl Column for $kind {
            type Raw = $kind;
            fn of(raw: $kind) -> $kind {
                raw
            }
        }
    )+ };
}
as_it_is!(String, Option<String>, i64, Option<i64>, i32, bool, Option<bool>, Uuid, Option<Uuid>);

impl Column for OffsetDateTime {
    type Raw = At;
    fn of(raw: At) -> OffsetDateTime {
        raw.0
    }
}

impl Column for Option<OffsetDateTime> {
    type Raw = Option<At>;
    fn of(raw: Option<At>) -> Self {
        raw.map(|at| at.0)
    }
}

/// The column of this name.
pub(super) fn read<'r, R, T>(row: &'r R, name: &str) -> Result<T, sqlx::Error>
where
    R: Row,
    T: Column,
    T::Raw: Decode<'r, R::Database> + Type<R::Database>,
    for<'n> &'n str: ColumnIndex<R>,
{
    row.try_get::<T::Raw, _>(name).map(T::of)
}

/// A record read by the names of its columns, on either database.
macro_rules! record {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $kind:ty),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name { $($(#[$doc])* pub $field: $kind),+ }

        impl sqlx::FromRow<'_, sqlx::postgres::PgRow> for $name {
            fn from_row(row: &sqlx::postgres::PgRow) -> Result<Self, sqlx::Error> {
                Ok($name { $($field: read(row, stringify!($field))?),+ })
            }
        }

        impl sqlx::FromRow<'_, sqlx::sqlite::SqliteRow> for $name {
            fn from_row(row: &sqlx::sqlite::SqliteRow) -> Result<Self, sqlx::Error> {
                Ok($name { $($field: read(row, stringify!($field))?),+ })
            }
        }
    };
}
pub(super) use record;
