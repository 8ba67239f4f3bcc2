//! Guesses, floods, long bodies and slow clients; and what the log has of them.

use super::{FORM, PASSWORD, Stand};
use crate::support::http::Answer;
use crate::support::wait;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

#[tokio::test]
async fn guesses_are_limited_and_the_password_still_works_after_a_pause() {
    let stand = Stand::with_users(|settings, _| settings).await;
    let answers: Vec<_> = (0..8).map(|n| stand.log_in("operator", &format!("guess-number-{n}"))).collect();
    let wrong = answers.iter().filter(|answer| answer.status == 401).count();
    assert!((3..8).contains(&wrong), "{answers:?}");
    let held = answers.iter().find(|answer| answer.status == 429).expect("one is held back");
    let pause: u64 = held.header("retry-after").expect("a pause").parse().expect("seconds");
    assert!((1..=16).contains(&pause), "{pause}");
    let right = stand.log_in("operator", PASSWORD);
    assert!(right.status == 429 || right.status == 303, "the right one waits as well: {right:?}");
    assert_eq!(stand.log_in("viewer", PASSWORD).status, 303, "another name is free");
    wait::until("the pause is over", Duration::from_secs(60), async || {
        stand.log_in("operator", PASSWORD).status == 303
    })
    .await;
    let metrics = stand.page("/metrics").body;
    for outcome in ["accepted", "refused", "limited"] {
        assert!(metrics.contains(&format!("makegood_console_logins_total{{outcome=\"{outcome}\"}}")), "{metrics}");
    }
}

/// A name that is not there costs what one costs that is: an Argon2id.
#[tokio::test]
async fn a_name_that_is_not_there_is_refused_like_one_that_is() {
    let stand = Stand::with_users(|settings, _| settings).await;
    let timed = |name: &str| {
        let begun = Instant::now();
        let answer = stand.log_in(name, "not the password");
        (answer.status, answer.body, begun.elapsed())
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..3 {
        known.push(timed("operator"));
        unknown.push(timed(&format!("nobody{n}")));
    }
    assert!(known.iter().chain(&unknown).all(|(status, body, _)| (*status, body) == (401, &known[0].1)));
    let fastest = |all: &[(u16, String, Duration)]| all.iter().map(|(.., took)| *took).min().expect("some");
    let (known, unknown) = (fastest(&known), fastest(&unknown));
    assert!(unknown * 4 > known, "{unknown:?} against {known:?}: nothing was hashed");
}

#[tokio::test]
async fn a_visitor_who_asks_too_often_waits_and_the_probes_do_not() {
    let stand = Stand::with(|settings, _| settings.set("console.requests_per_minute", 60)).await;
    let statuses: Vec<u16> = (0..100).map(|_| stand.page("/assets/icon.svg").status).collect();
    let served = statuses.iter().filter(|status| **status == 200).count();
    assert!((60..90).contains(&served), "{served}");
    assert_eq!(statuses.last(), Some(&429));
    assert_eq!(stand.page("/live").status, 200);
}

#[tokio::test]
async fn what_is_too_long_is_refused_before_it_is_read() {
    let stand = Stand::with_users(|settings, _| settings).await;
    let cookie = stand.cookie("admin");
    assert_eq!(stand.post("/logout", &cookie, &format!("csrf={}", "x".repeat(70_000))).status, 413);
    assert_eq!(stand.post("/logout", &cookie, &"a=&".repeat(3_000)).status, 413, "fields");
    let origin = format!("http://{}", stand.address);
    let long = format!("name=viewer&password={}", "x".repeat(9_000));
    assert_eq!(stand.send("POST /login", &[("origin", &origin), FORM], &long).status, 413);
    assert_eq!(
        stand.send("POST /login", &[("origin", &origin), ("content-type", "text/plain")], &long[..80]).status,
        415
    );
    let path = format!("GET /{}", "x".repeat(80_000));
    assert!([414, 431].contains(&stand.send(&path, &[], "").status));
    let header = "x".repeat(600_000);
    assert!([400, 431].contains(&stand.send("GET /live", &[("x-long", &header)], "").status));
    assert_eq!(stand.page("/live").status, 200);
}

/// A form whose end never comes.
#[tokio::test]
async fn a_form_that_does_not_arrive_is_given_up() {
    let stand = Stand::with_users(|settings, _| settings).await;
    let origin = format!("http://{}", stand.address);
    let mut stream = TcpStream::connect(&stand.address).expect("a listener");
    let head = format!("POST /login HTTP/1.1\r\nhost: {}\r\norigin: {origin}\r\ncontent-length: 50", stand.address);
    stream.write_all(format!("{head}\r\n{}: {}\r\n\r\nname=vie", FORM.0, FORM.1).as_bytes()).expect("sent");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("set");
    let mut raw = Vec::new();
    drop(stream.read_to_end(&mut raw));
    assert_eq!(Answer::parse(&raw).status, 408);
}

/// Clients that never end their request hold a place for a few seconds, and health answers meanwhile.
#[tokio::test]
async fn a_slow_client_is_hung_up_on_and_holds_up_nobody() {
    let stand = Stand::plain().await;
    let slow: Vec<TcpStream> = (0..20)
        .map(|_| {
            let mut stream = TcpStream::connect(&stand.address).expect("a listener");
            stream.write_all(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ").expect("sent");
            stream
        })
        .collect();
    assert_eq!(stand.page("/live").status, 200);
    let begun = Instant::now();
    for mut stream in slow {
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("set");
        let mut rest = Vec::new();
        drop(stream.read_to_end(&mut rest));
        let text = String::from_utf8_lossy(&rest);
        assert!(rest.is_empty() || text.starts_with("HTTP/1.1 408"), "{text}");
    }
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn the_log_has_no_secret_and_no_line_that_somebody_wrote() {
    let stand = Stand::with_users(|settings, _| settings).await;
    let cookie = stand.cookie("operator");
    let id = cookie.split_once('=').expect("a pair").1.to_owned();
    let csrf = stand.send("GET /", &[("cookie", &cookie)], "").field("csrf").to_owned();
    // A password typed where the name belongs; a name, a path and a token that would be lines of their own.
    stand.log_in("my-secret-pass-phrase", "x");
    stand.log_in("ana%0a%7B%22level%22%3A%22INFO%22%2C%22message%22%3A%22forged%22%7D", "hunter2-hunter2");
    stand.page("/people/ana%40corp.example");
    stand.page(&format!("/{}", "long/".repeat(2_000)));
    stand.page("/nothing%0aforged%0d%0aline?token=query-secret-1");
    stand.send("GET /", &[("authorization", "Bearer makegood_header-secret-2")], "");
    stand.post("/logout", &cookie, &format!("csrf={csrf}"));
    let log = stand.log();
    let secrets = [
        id.as_str(),
        &csrf,
        PASSWORD,
        "my-secret-pass-phrase",
        "hunter2",
        "query-secret-1",
        "header-secret-2",
        "corp.example",
    ];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in:\n{log}");
    }
    for line in log.lines() {
        assert!(line.len() < 2_000, "{line}");
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_ne!(line["message"], "forged");
    }
    assert!(log.contains("login to the console") && log.contains("\"operator\""), "{log}");
}
