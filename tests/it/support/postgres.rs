//! A PostgreSQL database per test, dropped with it.

use sqlx::{Connection, Executor, PgConnection};

/// A database that goes away when the value does.
pub struct Database {
    name: String,
    server: String,
}

impl Database {
    /// Creates an empty one.
    pub async fn create() -> Self {
        let server = super::service("MAKEGOOD_TEST_POSTGRES");
        let name = super::unique("makegood_test");
        let mut admin = PgConnection::connect(&format!("{server}/postgres")).await.expect("PostgreSQL answers");
        admin.execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await.expect("database created");
        admin.close().await.expect("closed");
        Self { name, server }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A thread of its own: the test's runtime may be the one that is going away.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let mut admin = PgConnection::connect(&format!("{server}/postgres")).await?;
                admin.execute(sqlx::AssertSqlSafe(format!("drop database if exists {name} with (force)"))).await?;
                admin.close().await
            })
        });
        if !std::thread::panicking() {
            dropped.join().expect("the thread ends").expect("database dropped");
        }
    }
}
