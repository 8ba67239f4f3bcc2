//! `deploy/postgres/roles.sql`: each role can do its work, and nothing beyond it.

use sqlx::{AssertSqlSafe, PgPool};

use crate::cli::Desk;
use crate::support::{postgres::Database, service, unique};

const ROLES: [&str; 4] = ["makegood_daemon", "makegood_operator", "makegood_reader", "makegood_marketplace"];

/// A database with the roles of the file, under names of this test alone: roles belong to the whole server.
struct Ground {
    database: Database,
    names: Vec<(&'static str, String)>,
}

impl Ground {
    async fn prepare() -> Self {
        let database = Database::create().await;
        Desk::new().env("MAKEGOOD_STORE__URL", &database.url()).run(&["migrate"]).done();
        let names: Vec<_> = ROLES.map(|role| (role, unique(role))).to_vec();
        let mut sql = super::read("postgres/roles.sql");
        for (role, name) in &names {
            sql = sql.replace(role, name);
        }
        let ground = Self { database, names };
        // Twice: it is run again after each upgrade.
        for _ in 0..2 {
            ground.owner(&sql).await.expect("granted");
        }
        ground
    }

    async fn run(url: &str, sql: &str) -> Result<(), sqlx::Error> {
        let pool = PgPool::connect(url).await?;
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&pool).await.map(drop);
        pool.close().await;
        done
    }

    async fn owner(&self, sql: &str) -> Result<(), sqlx::Error> {
        Self::run(&self.database.url(), sql).await
    }

    fn url(&self, role: &str) -> String {
        let server = service("MAKEGOOD_TEST_POSTGRES");
        let host = server.rsplit(['@', '/']).next().expect("a host").to_owned();
        let name = self.names.iter().find(|(known, _)| *known == role).map(|(_, name)| name).expect("a role");
        let url = self.database.url();
        format!("postgres://{name}@{host}/{}", url.rsplit('/').next().expect("a name"))
    }

    /// A desk whose commands come as this role. One proposal a batch: the other events fan out.
    fn desk(&self, role: &str) -> Desk {
        Desk::new()
            .env("MAKEGOOD_OPERATOR", "a test")
            .env("MAKEGOOD_STORE__URL", &self.url(role))
            .env("MAKEGOOD_STORE__INLINE_PROPOSALS_MAX", "1")
            .env("MAKEGOOD_STORE__BATCH_PROPOSALS_MAX", "1")
    }

    async fn refused(&self, role: &str, sql: &str) {
        let error = Self::run(&self.url(role), sql).await.expect_err(sql);
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code).map(String::from);
        assert_eq!(code.as_deref(), Some("42501"), "{role}: {sql}: {error}");
    }

    async fn clean(self) {
        for (_, name) in self.names.iter().rev() {
            self.owner(&format!("drop owned by {name}; drop role {name}")).await.expect("dropped");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_can_do_its_work() {
    let ground = Ground::prepare().await;
    let open = "select makegood_open_month('2020-02-01', now())";
    Ground::run(&ground.url("makegood_operator"), open).await.expect("a month that is over");
    let worked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let marketplace = ground.desk("makegood_marketplace");
        marketplace.write("market.ndjson", crate::cli::MARKET);
        marketplace.run(&["import", "market.ndjson"]).done();
        let daemon = ground.desk("makegood_daemon");
        daemon.write("events.ndjson", crate::cli::EVENTS);
        let applied = daemon.run(&["process", "events.ndjson"]).ended(3);
        assert!(applied.contains("proposals credited"), "{applied}");
        let reader = ground.desk("makegood_reader");
        reader.run(&["events", "list", "--waiting"]).done();
        reader.run(&["audit", "list"]).done();
        let operator = ground.desk("makegood_operator");
        operator.run(&["dlq", "discard", "--yes", "--reason", "a trial"]).done();
        let purge = ["--older-than", "0s", "--yes", "--reason", "a trial"];
        operator.run(&[&["dlq", "purge"], &purge[..]].concat()).done();
        operator.run(&[&["events", "archive"], &purge[..]].concat()).done();
        operator.run(&["people", "erase", "amara", "--yes", "--reason", "a trial"]).done();
        for asking in [&reader, &daemon] {
            asking.run(&["explain", "person", "amara"]).done();
        }
        operator.run(&["people", "show", "amara"]).done();
        let dropped = operator.run(&[&["events", "purge"], &purge[..]].concat()).done();
        assert!(dropped.contains("2020-02"), "{dropped}");
    }));
    ground.clean().await;
    worked.expect("a role lacks a grant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_can_rewrite_the_ledger() {
    let ground = Ground::prepare().await;
    for role in ROLES {
        ground.refused(role, "update connects_entries set amount = 0").await;
        ground.refused(role, "delete from connects_entries").await;
        ground.refused(role, "truncate connects_entries").await;
        ground.refused(role, "drop table connects_entries").await;
        ground.refused(role, "alter table connects_entries disable trigger user").await;
    }
    for role in ["makegood_daemon", "makegood_operator"] {
        ground.refused(role, "update accounts set owner_id = 'x'").await;
        ground.refused(role, "delete from operator_log").await;
    }
    for role in ["makegood_daemon", "makegood_reader", "makegood_marketplace"] {
        ground.refused(role, "select makegood_open_month('2020-02-01', now())").await;
        ground.refused(role, "select makegood_drop_month('2020-02-01', now())").await;
    }
    ground.refused("makegood_operator", "drop table archived_decisions").await;
    ground.refused("makegood_daemon", "delete from events").await;
    ground.refused("makegood_daemon", "update people set email = 'x'").await;
    ground.refused("makegood_marketplace", "insert into decisions default values").await;
    ground.refused("makegood_marketplace", "update accounts set balance = 1; select * from decisions").await;
    ground.refused("makegood_reader", "insert into operator_log default values").await;
    ground.clean().await;
}
