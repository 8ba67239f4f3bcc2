//! A database of either kind with a pool to look into it, beside the program under test.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};

use super::postgres::Database;

/// Goes away with the value.
pub enum Db {
    Sqlite(SqlitePool),
    Postgres(PgPool, Database),
}

impl Db {
    /// Looks into a file that a store has made.
    pub async fn sqlite(file: &Path) -> Self {
        let file = SqliteConnectOptions::new().filename(file);
        Db::Sqlite(SqlitePoolOptions::new().max_connections(2).connect_with(file).await.expect("SQLite opens"))
    }

    /// Looks into a database of a test's own.
    pub async fn postgres(database: Database) -> Self {
        Db::Postgres(PgPool::connect(&database.url()).await.expect("PostgreSQL answers"), database)
    }

    /// A query of one column of text that both databases understand.
    pub async fn rows(&self, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Db::Sqlite(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.expect("SQLite answers"),
            Db::Postgres(pool, _) => sqlx::query_scalar(sql).fetch_all(pool).await.expect("PostgreSQL answers"),
        }
    }
}
