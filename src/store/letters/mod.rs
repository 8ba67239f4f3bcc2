//! Letters and the operators' log as rows: what both databases share.

pub(super) mod filter;
pub(super) mod import;
pub(super) mod log;
pub(super) mod rows;

/// A row read by the names of its columns, on either database: tuples end at sixteen.
macro_rules! row {
    ($(#[$about:meta])* $name:ident { $($field:ident: $kind:ty),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug)]
        pub(in crate::store) struct $name { $(pub(in crate::store) $field: $kind),+ }

        impl sqlx::FromRow<'_, sqlx::postgres::PgRow> for $name {
            fn from_row(row: &sqlx::postgres::PgRow) -> Result<Self, sqlx::Error> {
                Ok($name { $($field: sqlx::Row::try_get(row, stringify!($field))?),+ })
            }
        }

        impl sqlx::FromRow<'_, sqlx::sqlite::SqliteRow> for $name {
            fn from_row(row: &sqlx::sqlite::SqliteRow) -> Result<Self, sqlx::Error> {
                Ok($name { $($field: sqlx::Row::try_get(row, stringify!($field))?),+ })
            }
        }
    };
}
pub(super) use row;
