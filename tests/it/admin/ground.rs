//! What holds for every page: frame, twin, headers, errors, assets.

use super::Stand;

/// What a page may load, and where its forms may go.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

#[tokio::test]
async fn every_answer_has_the_headers_that_keep_a_browser_out_of_trouble() {
    let stand = Stand::plain().await;
    let asked = [
        ("GET /", 200),
        ("GET /api", 200),
        ("GET /assets/console.css", 200),
        ("GET /assets/nothing", 404),
        ("GET /nothing", 404),
        ("GET /api/nothing", 404),
        ("POST /", 405),
        ("GET /live", 200),
        ("GET /ready", 503),
        ("GET /metrics", 200),
        ("GET /rules", 200),
    ];
    for (request, status) in asked {
        let answer = stand.send(request, &[("accept", "text/html")], "");
        assert_eq!(answer.status, status, "{request}: {answer:?}");
        let policy = answer.header("content-security-policy");
        assert_eq!(policy, Some(POLICY), "{request}");
        let cached = if request.contains("/console.") { "no-cache" } else { "no-store" };
        assert_eq!(answer.header("cache-control"), Some(cached), "{request}");
        assert_eq!(answer.header("server"), None, "{request}");
        assert_eq!(answer.header("strict-transport-security"), None, "{request}: without TLS it would mean nothing");
        assert!(!answer.body.contains(env!("CARGO_PKG_VERSION")) || request.ends_with("/metrics"), "{request}");
    }
}

#[tokio::test]
async fn a_page_and_its_twin_say_the_same() {
    let stand = Stand::plain().await;
    let page = stand.page("/");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.body.contains("<h1>Overview</h1>") && page.body.contains("does not work"), "{}", page.body);
    let twin = stand.page("/api");
    assert_eq!(twin.header("content-type"), Some("application/json"));
    assert_eq!((&twin.json()["well"], &twin.json()["dead_letters"]), (&false.into(), &0.into()));
}

#[tokio::test]
async fn an_error_says_little_and_has_a_number_that_the_log_has() {
    let stand = Stand::plain().await;
    let page = stand.page("/nothing/%3Cscript%3E");
    assert!(page.body.contains("<h1>Nothing here</h1>") && !page.body.contains("<script>"), "{}", page.body);
    let twin = stand.page("/api/nothing");
    assert_eq!(twin.json()["error"], "Nothing here");
    let number = twin.json()["number"].as_str().expect("a number").to_owned();
    let log = std::fs::read_to_string(stand.daemon.log()).expect("a log");
    assert!(log.lines().any(|line| line.contains(&number)), "{number} is not in:\n{log}");
}

#[tokio::test]
async fn style_and_script_are_asked_for_again_and_sent_once() {
    let stand = Stand::plain().await;
    for (file, kind) in [("console.css", "text/css"), ("console.js", "text/javascript"), ("icon.svg", "image/svg+xml")]
    {
        let path = format!("GET /assets/{file}");
        let first = stand.send(&path, &[], "");
        assert!(first.header("content-type").expect("a kind").starts_with(kind), "{first:?}");
        let tag = first.header("etag").expect("a tag");
        let again = stand.send(&path, &[("if-none-match", tag)], "");
        assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", Some(tag)));
        assert_eq!(stand.send(&path, &[("if-none-match", "\"other\"")], "").status, 200);
    }
}

/// DNS rebinding: a page of another site that has its name resolved to 127.0.0.1.
#[tokio::test]
async fn without_a_login_it_answers_under_names_of_this_machine_alone() {
    let stand = Stand::plain().await;
    let port = stand.address.rsplit(':').next().expect("a port").to_owned();
    for host in ["evil.example", "evil.example:9464", "127.0.0.1.evil.example", "localhost.evil.example", "", "[::1]x"]
    {
        assert_eq!(stand.send("GET /", &[("host", host)], "").status, 403, "{host:?}");
    }
    assert_eq!(stand.send("GET /live", &[("host", "evil.example")], "").status, 200, "a probe may call it anything");
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        assert_ne!(stand.send("GET /", &[("host", &format!("{host}:{port}"))], "").status, 403, "{host:?}");
    }
}
