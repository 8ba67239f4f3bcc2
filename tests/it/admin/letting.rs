//! `makegood console`: users and tokens, made by the command and taken by the daemon.

use super::{Stand, tokens};
use crate::cli::Desk;

fn desk() -> Desk {
    Desk::new().env("MAKEGOOD_CONSOLE__USERS_FILE", "users").env("MAKEGOOD_CONSOLE__TOKENS_FILE", "tokens")
}

#[test]
fn users_are_added_changed_and_removed() {
    let desk = desk();
    desk.run(&["console", "users", "list"]).done();
    let add = ["console", "users", "add", "ana", "--role", "operator"];
    desk.feed(&add, "correct horse battery\n").done();
    desk.feed(&add, "correct horse battery\n").failed(1, &["ana is there already", "passwd"]);
    let file = std::fs::read_to_string(desk.path("users")).expect("written");
    assert!(file.starts_with("ana:operator:$argon2id$v=19$m=19456,t=2,p=1$") && !file.contains("horse"), "{file}");
    let users = desk.run(&["console", "users", "list", "--json"]).json(0);
    assert_eq!(users, serde_json::json!([{"name": "ana", "role": "operator"}]));
    assert!(desk.run(&["console", "users", "list"]).done().contains("operator"));
    desk.run(&["console", "users", "role", "ana", "--role", "viewer"]).done();
    let moved = std::fs::read_to_string(desk.path("users")).expect("written");
    assert_eq!(moved, file.replace(":operator:", ":viewer:"), "the password stays");
    desk.feed(&["console", "users", "passwd", "ana"], "battery horse correct").done();
    assert_ne!(std::fs::read_to_string(desk.path("users")).expect("written"), moved);
    desk.run(&["console", "users", "remove", "ana", "--dry-run"]).done();
    assert_eq!(desk.run(&["console", "users", "list", "--json"]).json(0)[0]["name"], "ana");
    desk.run(&["console", "users", "remove", "ana"]).done();
    desk.run(&["console", "users", "remove", "ana"]).failed(1, &["ana is not in"]);
}

#[test]
fn what_makes_no_password_or_no_name_changes_nothing() {
    let desk = desk();
    let add = |name: &str, password: &str| desk.feed(&["console", "users", "add", name, "--role", "viewer"], password);
    add("ana", "short").failed(1, &["12 to 128 characters"]);
    add("ana", "").failed(1, &["12 to 128 characters"]);
    add("ana", "ana-ana-ana-1234").failed(1, &["can be guessed"]);
    for name in ["ana@b.org", "a:b", "", "a b", "\u{e4}"] {
        assert_eq!(add(name, "correct horse battery").code, Some(2), "{name:?}");
    }
    let argument = ["console", "users", "add", "ana", "--role", "viewer", "--password", "correct horse battery"];
    assert_eq!(desk.run(&argument).code, Some(2), "no password on a command line");
    assert_eq!(add("ana", &"x".repeat(9)).code, Some(1));
    assert!(!desk.path("users").exists());
    Desk::new().run(&["console", "users", "list"]).failed(1, &["set console.users_file first"]);
    Desk::new().run(&["console", "tokens", "list"]).failed(1, &["set console.tokens_file first"]);
}

#[test]
fn a_file_that_others_can_read_is_refused_at_the_start() {
    let desk = desk();
    desk.feed(&["console", "users", "add", "ana", "--role", "viewer"], "correct horse battery").done();
    super::chmod(&desk.path("users"), 0o644);
    desk.run(&["config", "check"]).failed(78, &["console.users_file", "chmod 600"]);
    desk.run(&["run"]).failed(78, &["console.users_file", "chmod 600"]);
    desk.run(&["console", "users", "list"]).failed(1, &["chmod 600"]);
    super::chmod(&desk.path("users"), 0o600);
    std::fs::write(desk.path("users"), "ana:viewer:$2b$12$abcdefghijklmnopqrstuv").expect("written");
    let ran = desk.run(&["config", "check"]);
    assert!(ran.stderr.contains("users, line 1") || ran.stdout.contains("users, line 1"), "{ran:?}");
}

/// A program's way: a token by the command, its page by `Authorization`.
#[tokio::test]
async fn a_token_is_printed_once_and_works_until_it_is_revoked() {
    let desk = desk();
    let token = desk.run(&["console", "tokens", "add", "export", "--role", "viewer", "--expires-in", "30d"]).done();
    let token = token.trim().to_owned();
    assert!(!std::fs::read_to_string(desk.path("tokens")).expect("written").contains(&token[9..]));
    desk.run(&["console", "tokens", "add", "export", "--role", "viewer"]).failed(1, &["already", "revoke export"]);
    let far = ["console", "tokens", "add", "far", "--role", "viewer", "--expires-in", "2000d"];
    assert_eq!(desk.run(&far).code, Some(2));
    let listed = desk.run(&["console", "tokens", "list", "--json"]).json(0);
    assert_eq!((&listed[0]["name"], &listed[0]["expired"]), (&"export".into(), &false.into()));
    let file = desk.path("tokens");
    let stand = Stand::with_users(|settings, _| settings.set("console.tokens_file", file.display())).await;
    let bearer = format!("Bearer {token}");
    let ask = |headers: &[(&str, &str)]| stand.send("GET /api", headers, "").status;
    assert_eq!((ask(&[]), ask(&[("authorization", "Bearer x")]), ask(&[("authorization", &token)])), (401, 401, 401));
    let cookie = stand.cookie("admin");
    assert_eq!(ask(&[("authorization", "Bearer x"), ("cookie", &cookie)]), 401, "a cookie mends no wrong token");
    let shown = include_str!("../../../docs/console.md").lines().find(|line| line.starts_with("curl ")).expect("shown");
    let shown = shown.replace("127.0.0.1:9464", &stand.address);
    let curl =
        std::process::Command::new("sh").args(["-c", &shown]).env("MAKEGOOD_TOKEN", &token).output().expect("ran");
    let said: serde_json::Value = serde_json::from_slice(&curl.stdout).expect("JSON");
    assert!(said.is_object() && said["error"].is_null(), "{shown}: {said}");
    desk.run(&["console", "tokens", "revoke", "export"]).done();
    assert_eq!(ask(&[("authorization", &bearer)]), 401);
}

#[tokio::test]
async fn a_token_whose_day_has_come_is_taken_no_more() {
    let mut given = Vec::new();
    let stand = Stand::with(|settings, folder| {
        given = tokens(folder);
        let file = folder.join("tokens");
        let text = std::fs::read_to_string(&file).expect("text").replace("9999-12-31", "2026-01-01");
        std::fs::write(&file, text).expect("written");
        settings.set("console.tokens_file", file.display())
    })
    .await;
    for (_, token) in given {
        assert_eq!(stand.send("GET /api", &[("authorization", &format!("Bearer {token}"))], "").status, 401);
    }
}
