//! Logging in and out, cookies, and forms that other sites send.

use super::{FORM, PASSWORD, Stand, chmod};
use makegood::admin::console::records::change;
use makegood::admin::console::users::User;
use makegood::admin::console::{Role, password};

async fn stand() -> Stand {
    Stand::with_users(|settings, _| settings).await
}

/// Headers, a form, and how it is answered.
type Sent<'a> = (&'a [(&'a str, &'a str)], &'a str, u16);

#[tokio::test]
async fn who_logs_in_is_known_until_they_log_out() {
    let stand = stand().await;
    let sent_off = stand.page("/api/../?x=1");
    assert_eq!(stand.page("/?x=a%20b").header("location"), Some("/login?next=%2F%3Fx%3Da%2520b"), "{sent_off:?}");
    let (cookie, other) = (stand.cookie("operator"), stand.cookie("operator"));
    let page = stand.send("GET /", &[("cookie", &cookie)], "");
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains("operator") && page.body.contains("Log out"), "{}", page.body);
    let csrf = page.field("csrf").to_owned();
    let ended = stand.post("/logout", &cookie, &format!("csrf={csrf}"));
    assert_eq!((ended.status, ended.header("location")), (303, Some("/login")), "{ended:?}");
    assert!(ended.header("set-cookie").expect("a cookie").contains("Max-Age=0"));
    assert_eq!(stand.send("GET /api", &[("cookie", &cookie)], "").status, 401, "ended here, not in the browser alone");
    assert_eq!(stand.send("GET /api", &[("cookie", &other)], "").status, 200, "the other one goes on");
}

#[tokio::test]
async fn a_cookie_is_for_this_host_and_no_script() {
    let stand = stand().await;
    let answer = stand.log_in("viewer", PASSWORD);
    let cookie = answer.header("set-cookie").expect("a cookie");
    let (pair, rest) = cookie.split_once("; ").expect("attributes");
    let id = pair.strip_prefix("__Host-makegood=").expect("the name that browsers guard");
    assert!(id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    assert_eq!(rest, "Path=/; Secure; HttpOnly; SameSite=Strict");
}

#[tokio::test]
async fn every_login_has_another_id_and_ends_the_one_it_came_with() {
    let stand = stand().await;
    let old = stand.cookie("viewer");
    let origin = format!("http://{}", stand.address);
    let headers = [("origin", origin.as_str()), FORM, ("cookie", old.as_str())];
    let again = stand.send("POST /login", &headers, &format!("name=viewer&password={PASSWORD}"));
    let new = again.header("set-cookie").expect("a cookie").split(';').next().expect("a pair");
    assert_ne!(new, old);
    assert_eq!(stand.send("GET /api", &[("cookie", &old)], "").status, 401);
    assert_eq!(stand.send("GET /api", &[("cookie", new)], "").status, 200);
    let planted = "__Host-makegood=0000000000000000000000000000000000000000000000000000000000000000";
    assert_eq!(stand.send("GET /api", &[("cookie", planted)], "").status, 401, "an id that somebody chose is none");
}

#[tokio::test]
async fn a_tampered_session_is_nobodys() {
    let stand = stand().await;
    let cookie = stand.cookie("admin");
    let (name, id) = cookie.split_once('=').expect("a pair");
    let turned = format!("{}{}", if id.starts_with('0') { '1' } else { '0' }, &id[1..]);
    for wrong in [turned.as_str(), &id[..63], &id.to_uppercase(), "", "\"\"", "' or 1=1"] {
        let answer = stand.send("GET /api", &[("cookie", &format!("{name}={wrong}"))], "");
        assert_eq!(answer.status, 401, "{wrong:?}: {answer:?}");
    }
    assert_eq!(stand.send("GET /api", &[("cookie", &format!("makegood={id}"))], "").status, 401, "another name");
}

#[tokio::test]
async fn another_password_or_role_ends_what_was_begun_with_the_old_one() {
    let stand = stand().await;
    let users = stand.folder().join("users");
    let (cookie, other) = (stand.cookie("operator"), stand.cookie("viewer"));
    let hash = password::hash("another horse battery").expect("hashed");
    change(&users, "operator", Some(&User { role: Role::Operator, hash }.fields())).expect("changed");
    assert_eq!(stand.send("GET /api", &[("cookie", &cookie)], "").status, 401);
    assert_eq!(stand.send("GET /api", &[("cookie", &other)], "").status, 200);
    assert_eq!(stand.log_in("operator", PASSWORD).status, 401);
    assert_eq!(stand.log_in("operator", "another+horse+battery").status, 303);
    change(&users, "viewer", None).expect("removed");
    assert_eq!(stand.send("GET /api", &[("cookie", &other)], "").status, 401);
    // A file that cannot be trusted knows nobody, and is trusted again when it is mended.
    let admin = stand.cookie("admin");
    chmod(&users, 0o666);
    assert_eq!(stand.send("GET /api", &[("cookie", &admin)], "").status, 500);
    assert_eq!(stand.log_in("admin", PASSWORD).status, 500);
    chmod(&users, 0o600);
    assert_eq!(stand.send("GET /api", &[("cookie", &admin)], "").status, 200);
}

/// What another site can have a browser send: its own `Origin`, the browser's word on where it came from, no token.
#[tokio::test]
async fn a_post_from_another_site_is_refused() {
    let stand = stand().await;
    let cookie = stand.cookie("operator");
    let csrf = stand.send("GET /", &[("cookie", &cookie)], "").field("csrf").to_owned();
    let own = format!("http://{}", stand.address);
    let good = format!("csrf={csrf}");
    let wrong: [Sent<'_>; 9] = [
        (&[("origin", "https://evil.example")], &good, 403),
        (&[("origin", "null")], &good, 403),
        (&[("origin", &own.replace("http://", "https://"))], &good, 403),
        (&[("sec-fetch-site", "cross-site")], &good, 403),
        (&[("origin", &own), ("sec-fetch-site", "same-site")], &good, 403),
        (&[], &good, 403),
        (&[("origin", &own)], "", 403),
        (&[("origin", &own)], "csrf=", 403),
        (&[("origin", &own)], &good[..good.len() - 1], 403),
    ];
    for (said, form, status) in wrong {
        let mut headers = vec![FORM, ("cookie", cookie.as_str())];
        headers.extend(said);
        let answer = stand.send("POST /logout", &headers, form);
        assert_eq!(answer.status, status, "{said:?} {form}: {answer:?}");
    }
    // The token of one is no token of another.
    let other = stand.cookie("viewer");
    assert_eq!(stand.post("/logout", &other, &good).status, 403);
    // A script of ours may give it in a header, which no form of another site can set.
    let json = [("content-type", "application/json"), ("cookie", cookie.as_str()), ("origin", own.as_str())];
    let with =
        |token: &str| stand.send("POST /logout", &[json[0], json[1], json[2], ("x-csrf-token", token)], "{}").status;
    assert_eq!((with("0"), with(&csrf)), (403, 303));
    // A login that another site sends, with a name of its own, is refused as well.
    let headers = [FORM, ("origin", "https://evil.example")];
    assert_eq!(stand.send("POST /login", &headers, &format!("name=viewer&password={PASSWORD}")).status, 403);
}

#[tokio::test]
async fn a_get_changes_nothing() {
    let stand = stand().await;
    let cookie = stand.cookie("viewer");
    assert_eq!(stand.send("GET /logout", &[("cookie", &cookie)], "").status, 405);
    assert_eq!(stand.send("GET /api", &[("cookie", &cookie)], "").status, 200);
    let query = stand.send(&format!("GET /login?name=viewer&password={PASSWORD}"), &[], "");
    assert_eq!((query.status, query.header("set-cookie")), (200, None));
}

#[tokio::test]
async fn nobody_is_there_before_somebody_is_added() {
    let stand =
        Stand::with(|settings, folder| settings.set("console.users_file", folder.join("users").display())).await;
    for (name, password) in [("admin", "admin"), ("admin", ""), ("makegood", "makegood"), ("root", "root")] {
        assert_ne!(stand.log_in(name, password).status, 303, "{name}");
    }
    assert_eq!(stand.page("/api").status, 401);
}

#[tokio::test]
async fn it_leads_back_to_our_own_pages_alone() {
    let stand = stand().await;
    for (next, led) in [
        ("%2Fapi", "/api"),
        ("%2F%2Fevil.example", "/"),
        ("https%3A%2F%2Fevil.example", "/"),
        ("%2F%5Cevil.example", "/"),
    ] {
        let origin = format!("http://{}", stand.address);
        let form = format!("name=viewer&password={PASSWORD}&next={next}");
        let answer = stand.send("POST /login", &[("origin", &origin), FORM], &form);
        assert_eq!((answer.status, answer.header("location")), (303, Some(led)), "{next}");
    }
}
