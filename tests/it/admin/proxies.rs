//! A proxy in front: heard from its address, and from no other.

use super::Stand;

/// Behind a proxy at this machine's address.
async fn behind(from: &str) -> Stand {
    let from = from.to_owned();
    Stand::with(move |settings, _| {
        let settings = settings.set("console.proxy_from", from).set("console.proxy_header", "X-Forwarded-User");
        let settings = settings.set("console.proxy_groups_header", "X-Forwarded-Groups");
        settings
            .set("console.proxy_roles", "sre=admin, help=support")
            .set("console.public_url", "https://makegood.example")
    })
    .await
}

#[tokio::test]
async fn the_proxy_says_who_is_there_and_what_they_may() {
    let stand = behind("127.0.0.1, 10.0.0.0/8").await;
    let asked = |headers: &[(&str, &str)]| {
        let mut all = vec![("accept", "text/html"), ("host", "makegood.example")];
        all.extend(headers);
        stand.send("GET /nothing", &all, "").status
    };
    let page = |user: &str, groups: &str| {
        stand.send("GET /", &[("x-forwarded-user", user), ("x-forwarded-groups", groups)], "")
    };
    assert_eq!(asked(&[]), 404, "nothing is nothing, for all");
    let ana = page("ana@corp.example", "staff,help");
    assert!(ana.status != 401 && ana.status != 403, "{ana:?}");
    let stranger = page("eve", "staff");
    assert!(stranger.status == 403 && stranger.body.contains("console.proxy_roles"), "{stranger:?}");
    assert_eq!(stand.send("GET /api", &[], "").status, 401, "without the header nobody");
    assert_eq!(page("ana\u{7}", "help").status, 400);
    assert_eq!(page("", "help").status, 400);
    assert!(!stand.log().contains("ana@corp.example"), "{}", stand.log());
}

/// The header from elsewhere, twice, or under a spelling that some servers take for the same.
#[tokio::test]
async fn a_smuggled_header_is_not_heard() {
    let stand = behind("10.0.0.0/8").await;
    for header in ["X-Forwarded-User", "x-forwarded-user", "X_Forwarded_User", "Remote-User"] {
        let answer = stand.send("GET /api", &[(header, "admin"), ("x-forwarded-groups", "sre")], "");
        assert_eq!(answer.status, 401, "{header}: {answer:?}");
    }
    let said = stand.log().matches("came from elsewhere and was not heard").count();
    assert_eq!(said, 1, "said once, not once a request");
    let stand = behind("127.0.0.1").await;
    let twice = [("x-forwarded-user", "ana"), ("x-forwarded-user", "admin"), ("x-forwarded-groups", "sre")];
    assert_eq!(stand.send("GET /api", &twice, "").status, 400);
    let groups = [("x-forwarded-user", "ana"), ("x-forwarded-groups", "help"), ("x-forwarded-groups", "sre")];
    assert_eq!(stand.send("GET /api", &groups, "").status, 400);
}

/// Whoever stands behind a proxy that nobody named is not on this machine.
#[tokio::test]
async fn a_request_that_passed_a_proxy_is_not_from_this_machine() {
    let stand = Stand::plain().await;
    for header in [("x-forwarded-for", "6.6.6.6"), ("forwarded", "for=6.6.6.6"), ("via", "1.1 proxy")] {
        let answer = stand.send("GET /", &[header], "");
        assert!(answer.status == 403 && answer.body.contains("console.proxy_from"), "{header:?}: {answer:?}");
    }
}

/// TLS ends at the proxy: people are at `https`, the proxy asks in the clear.
#[tokio::test]
async fn a_form_comes_through_a_proxy_that_ends_tls() {
    let stand = Stand::with_users(|settings, _| settings.set("console.proxy_from", "127.0.0.1")).await;
    let form = format!("name=viewer&password={}", super::PASSWORD);
    let post = |host: &str, origin: &str| {
        let headers = [("host", host), ("origin", origin), ("x-forwarded-for", "192.0.2.9"), super::FORM];
        stand.send("POST /login", &headers, &form).status
    };
    assert_eq!(post("makegood.example", "https://makegood.example"), 303);
    assert_eq!(post("makegood.example", "https://evil.example"), 403);
    assert_eq!(post("", "https://"), 403);
    let log = stand.log();
    assert!(log.contains("\"place\":\"192.0.2.9\""), "the place is the visitor's, not the proxy's:\n{log}");
}
