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

impl Database {
    /// Keeps a copy of it as it is now.
    pub fn back_up(&self) {
        let Self { name, server } = self;
        administer(server.clone(), vec![format!("create database {name}_backup template {name}")]);
    }

    /// Puts the copy in its place.
    pub fn restore(&self) {
        let Self { name, server } = self;
        let drop = format!("drop database {name} with (force)");
        administer(server.clone(), vec![drop, format!("alter database {name}_backup rename to {name}")]);
    }
}

fn administer(server: String, statements: Vec<String>) {
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut admin = PgConnection::connect(&format!("{server}/postgres")).await.expect("PostgreSQL answers");
            for sql in statements {
                admin.execute(sqlx::AssertSqlSafe(sql)).await.expect("it runs");
            }
            admin.close().await.expect("closed");
        });
    };
    std::thread::spawn(run).join().expect("it runs");
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
