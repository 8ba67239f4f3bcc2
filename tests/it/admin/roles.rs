//! Who may what: every route, every role.

use makegood::admin::console::{Role, table};

use super::{Stand, tokens};
use crate::support::db::Db;

/// A path with something in place of each `{…}`.
fn filled(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/")
}

/// The whole table, with nobody and with each role: who has less than a route says is refused, and nobody else.
#[tokio::test]
async fn every_route_lets_in_whom_the_table_names_and_nobody_else() {
    let mut given = Vec::new();
    let stand = Stand::with_users(|settings, folder| {
        given = tokens(folder);
        let settings = settings.set("console.tokens_file", folder.join("tokens").display());
        settings.set("console.requests_per_minute", 100_000).set("console.acts_per_minute", 10_000)
    })
    .await;
    let routes = table();
    assert!(routes.len() > 5, "{}", routes.len());
    for route in &routes {
        let request = format!("{} {}", route.method, filled(&route.path));
        let Some(least) = route.least else { continue };
        let anonymous = stand.send(&request, &[("accept", "application/json")], "");
        let expected = if route.method == "GET" && !route.path.starts_with("/api") { 303 } else { 401 };
        assert_eq!(anonymous.status, expected, "{request} by nobody: {anonymous:?}");
        for (role, token) in &given {
            let bearer = format!("Bearer {token}");
            let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
            let answer = stand.send(&request, &headers, "{}");
            let refused = answer.status == 403 || answer.status == 401;
            assert_eq!(refused, *role < least, "{request} by {role}, {least} needed: {answer:?}");
        }
    }
}

/// What is open to all is what it takes to log in.
#[test]
fn what_is_open_to_all_is_what_it_takes_to_log_in() {
    let open = table().into_iter().filter(|route| route.least.is_none());
    let open: Vec<String> = open.map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(open, ["GET /assets/{name}", "GET /login", "POST /login", "POST /logout"]);
}

/// A page has a twin with the same demands, and what changes something is no `GET`.
#[test]
fn every_page_has_a_twin_with_the_same_demands() {
    let routes = table();
    for route in routes.iter().filter(|route| route.path.starts_with("/api")) {
        let page = route.path.strip_prefix("/api").filter(|rest| !rest.is_empty()).unwrap_or("/");
        let pages = routes.iter().filter(|other| other.path == page && other.method == route.method);
        assert_eq!(pages.map(|page| page.least).collect::<Vec<_>>(), [route.least], "{}", route.path);
    }
    assert!(routes.iter().filter(|route| route.method != "GET").all(|route| route.method == "POST"));
}

#[tokio::test]
async fn whatever_an_admin_looks_at_nothing_is_done() {
    let stand = Stand::with(|settings, _| settings.set("console.loopback_role", "admin")).await;
    for route in table().iter().filter(|route| route.method == "GET") {
        let answer = stand.page(&format!("{}?reason=because&confirm=yes", filled(&route.path)));
        assert!(answer.status < 500, "{}: {answer:?}", route.path);
    }
    let db = Db::sqlite(&stand.folder().join("makegood.db")).await;
    assert_eq!(db.rows("select action from operator_log").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_role_may_be_taken_from_whoever_is_on_this_machine() {
    let stand = Stand::with(|settings, _| settings.set("console.loopback_role", "none")).await;
    let answer = stand.page("/");
    assert!(answer.status == 403 && answer.body.contains("console.loopback_role"), "{answer:?}");
    assert_eq!(stand.page("/live").status, 200);
    let names: Vec<&str> = Role::ALL.map(Role::as_str).to_vec();
    assert_eq!(names, ["viewer", "support", "operator", "admin"]);
}
