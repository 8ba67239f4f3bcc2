//! What every other test relies on: the harness gives a database and a vhost of their own, and takes them away again.

use std::process::Command;

use sqlx::{Connection, PgConnection, Row};

use crate::support::{postgres::Database, rabbit, rabbit::Vhost, service};

async fn ask(url: &str, sql: &'static str) -> String {
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL answers");
    let row = sqlx::query(sql).fetch_one(&mut connection).await.expect("a row");
    connection.close().await.expect("closed");
    row.get(0)
}

#[tokio::test]
async fn a_database_of_its_own_goes_away_with_the_test() {
    let database = Database::create().await;
    let name = ask(&database.url(), "select current_database()::text").await;
    assert!(database.url().ends_with(&name), "{name}");
    drop(database);

    let left = format!("{}/postgres", service("MAKEGOOD_TEST_POSTGRES"));
    let names = ask(&left, "select coalesce(string_agg(datname, ' '), '') from pg_database").await;
    assert!(!names.contains(&name), "{name} is still there");
}

/// A crash test proves nothing on a server that may lose what it confirmed.
#[tokio::test]
async fn postgres_keeps_what_it_confirmed() {
    let server = format!("{}/postgres", service("MAKEGOOD_TEST_POSTGRES"));
    assert_eq!(ask(&server, "show fsync").await, "on");
    assert_eq!(ask(&server, "show full_page_writes").await, "on");
    assert_eq!(ask(&server, "show synchronous_commit").await, "on");
}

#[test]
fn a_vhost_of_its_own_goes_away_with_the_test() {
    let vhost = Vhost::create();
    assert!(vhost.url().ends_with(vhost.name()));
    let names = || -> Vec<String> {
        let all = rabbit::call("GET", "/api/vhosts").expect("an answer");
        all.as_array().expect("a list").iter().filter_map(|v| v["name"].as_str().map(str::to_owned)).collect()
    };
    let name = vhost.name().to_owned();
    assert!(names().contains(&name));
    drop(vhost);
    assert!(!names().contains(&name), "{name} is still there");
}

/// `services.sh` hands services that answer through as they are, and starts nothing.
#[test]
fn services_that_answer_are_used_as_they_are() {
    let out = Command::new("deploy/services.sh").arg("env").output().expect("the script runs");
    let printed = String::from_utf8(out.stdout).expect("UTF-8");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    for name in
        ["AMQP", "RABBIT_API", "POSTGRES", "CHROMIUM", "CHROMEDRIVER"].map(|name| format!("MAKEGOOD_TEST_{name}"))
    {
        let line = format!("export {name}={}", service(&name));
        assert!(printed.lines().any(|l| l == line), "{line} is not in:\n{printed}");
    }
}

/// Only what `services.sh` started itself is ever killed by it, whatever is configured.
#[test]
fn services_of_others_are_not_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    for service in ["rabbitmq", "postgres"] {
        let mut script = Command::new("deploy/services.sh");
        let out = script.args(["crash", service]).env("MAKEGOOD_TEST_SERVICES_DIR", folder.path()).output();
        let out = out.expect("the script runs");
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.code() == Some(1) && said.contains("no private"), "{said}");
    }
    assert!(rabbit::call("GET", "/api/overview").is_some(), "RabbitMQ answers no more");
}
