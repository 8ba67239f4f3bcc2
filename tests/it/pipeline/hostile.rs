//! Input made to hurt, between good messages.

use makegood::broker::Outgoing;
use serde_json::json;

use super::market::{FULL, Market, bytes, canceled, message};
use super::stage::{Stage, page};

/// Each with the dead letter it must become; good messages stand between them.
fn bad() -> Vec<(&'static str, Vec<u8>)> {
    let with = |pointer: &str, value: serde_json::Value| {
        let mut event = canceled("bad", "job-0");
        let place = event.pointer_mut(pointer).expect("a place");
        *place = value;
        serde_json::to_vec(&event).expect("JSON")
    };
    let text = canceled("bad", "job-0").to_string();
    let spliced = |extra: &str| text.replacen('{', &format!("{{{extra},"), 1).into_bytes();
    let mut broken_utf8 = spliced(r#""x":"?""#);
    let at = broken_utf8.iter().position(|byte| *byte == b'?').expect("the mark");
    broken_utf8[at] = 0xff;
    vec![
        ("undecodable/invalid_json", text.as_bytes()[..text.len() - 2].to_vec()),
        ("undecodable/too_deep", "[".repeat(100_000).into_bytes()),
        ("undecodable/body_too_large", vec![b'['; 16 << 20]),
        ("undecodable/nul", spliced(r#""x":"a\u0000b""#)),
        ("undecodable/invalid_json", spliced("\"x\":\"a\0b\"")),
        ("undecodable/invalid_utf8", broken_utf8),
        ("undecodable/number_range", spliced(r#""x":123456789012345678901234567890"#)),
        ("undecodable/duplicate_key", spliced(r#""id":"other""#)),
        ("undecodable/wrong_type", with("/data/job_id", json!(5))),
        ("undecodable/wrong_type", with("/data", json!(["jane@people.canary.example"]))),
        ("undecodable/unknown_value", with("/data/cause", json!("jane@people.canary.example"))),
        ("undecodable/bad_time", with("/time", json!("jane@people.canary.example"))),
        ("undecodable/empty_body", Vec::new()),
        ("unknown-type/unknown_type", with("/type", json!("job-reposted"))),
        // Event 0 came before, with another payload.
        ("conflict/event_conflict", canceled("event-0", "job-1").to_string().into_bytes()),
    ]
}

const GOOD: usize = 16;

pub fn market() -> Market {
    Market::new(GOOD).jobs(GOOD)
}

pub async fn bad_input_never_stops_the_good(stage: Stage) {
    let mut daemon = stage.daemon("daemon").await;
    let good = |n: usize| message(&canceled(&format!("event-{n}"), &format!("job-{n}")));
    let bad = bad();
    assert_eq!(bad.len() + 1, GOOD);
    let mut messages: Vec<Outgoing> = vec![good(0)];
    for (n, (_, body)) in bad.iter().enumerate() {
        messages.push(bytes("job-canceled", body.clone()));
        messages.push(good(n + 1));
    }
    stage.publish(messages).await;
    stage.until_applied(&daemon, GOOD).await;
    stage.until_count(&daemon, "dead_letters", bad.len()).await;
    stage.assert_made_good(FULL).await;
    let mut expected: Vec<_> = bad.iter().map(|(code, _)| (*code).to_owned()).collect();
    expected.sort();
    let mut found = stage.dead_letters().await;
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(stage.count("dead_letters where body_len = 16777216").await, 1);
    // As far as it could be read, a letter says which event it would have been.
    let named = "dead_letters where code = 'wrong_type' and event_id = 'bad' and type = 'job-canceled'";
    assert_eq!(stage.count(named).await, 2);
    assert_eq!(page(&mut daemon, "/ready").await.0, 200);
    assert_eq!(stage.letters().len(), GOOD);

    // The same trouble again is the same letter.
    stage.publish(vec![bytes("job-canceled", bad[0].1.clone())]).await;
    stage.until_count(&daemon, "dead_letters where times = 2", 1).await;
    let metrics = page(&mut daemon, "/metrics").await.1;
    stage.stop_clean(daemon).await;
    stage.assert_nothing_leaks(&[metrics]);
}
