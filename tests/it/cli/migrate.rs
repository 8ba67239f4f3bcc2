//! `makegood migrate`: what would be done, what was done, nothing to do, and a schema from the future.

use super::Desk;
use crate::support::postgres::Database;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

const FUTURE: &str = "insert into makegood_migrations (version, description, success, checksum, execution_time) \
                      values (9999, 'of tomorrow', true, ";

const CONTRACT: &str = "update makegood_schema set needs = 9999";

fn told_and_done(desk: &Desk) {
    let pending = desk.run(&["migrate", "--dry-run"]).ended(3);
    assert!(pending.lines().count() > 0 && pending.lines().all(|line| line.starts_with("pending 0")), "{pending}");
    let json = desk.run(&["migrate", "--dry-run", "--json"]).json(3);
    assert_eq!(json["applied_now"], serde_json::json!([]));
    assert_eq!(json["pending"].as_array().map(Vec::len), Some(pending.lines().count()));
    let stopping = pending.lines().filter(|line| line.ends_with(" (stop older daemons first)")).count();
    assert_eq!(stopping, 10, "0011 only adds: {pending}");
    assert_eq!(json["pending"][9]["name"], "0010_compatibility");
    let names: String =
        pending.lines().map(|line| format!("{}\n", &line[..line.find(':').expect("a summary")])).collect();
    assert_eq!(desk.run(&["migrate"]).done(), names.replace("pending", "applied"));
    let again = desk.run(&["migrate"]).done();
    assert!(again.starts_with("nothing to do: all "), "{again}");
    assert_eq!(desk.run(&["migrate", "--json"]).json(0)["pending"], serde_json::json!([]));
    assert!(desk.run(&["migrate", "--dry-run"]).done().starts_with("nothing to do"));
}

/// What a newer version added is none of our business; what it took away is.
fn from_the_future(desk: &Desk) {
    for arguments in [&["migrate"][..], &["migrate", "--plan"]] {
        let told = desk.run(arguments).done();
        assert!(told.starts_with("nothing to do: a newer makegood") && told.contains("migration 9999"), "{told}");
    }
    desk.run(&["process"]).done();
}

fn contracted(desk: &Desk) {
    for arguments in [&["migrate"][..], &["migrate", "--plan"], &["process"]] {
        desk.run(arguments).failed(1, &["migration 9999", "newer one"]);
    }
}

#[tokio::test]
async fn on_sqlite() {
    let desk = Desk::new();
    told_and_done(&desk);
    let url = format!("sqlite:{}", desk.path("var/makegood.db").display());
    let mut database = SqliteConnection::connect(&url).await.expect("opened");
    database.execute(AssertSqlSafe(format!("{FUTURE}x'00', 0)"))).await.expect("written");
    from_the_future(&desk);
    database.execute(CONTRACT).await.expect("written");
    database.close().await.expect("closed");
    contracted(&desk);
}

#[tokio::test]
async fn on_postgres() {
    let database = Database::create().await;
    let desk = Desk::new().env("MAKEGOOD_STORE__URL", &database.url());
    desk.run(&["process"]).failed(1, &["no makegood schema yet", "makegood migrate"]);
    told_and_done(&desk);
    let mut connection = PgConnection::connect(&database.url()).await.expect("connected");
    connection.execute(AssertSqlSafe(format!("{FUTURE}'\\x00', 0)"))).await.expect("written");
    from_the_future(&desk);
    connection.execute(CONTRACT).await.expect("written");
    connection.close().await.expect("closed");
    contracted(&desk);
}
