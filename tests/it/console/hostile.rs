//! What others wrote is text, whatever they wrote: no script of theirs runs, nothing is fetched, nothing overflows.

use serde_json::json;

use super::{Scene, findings};
use crate::pipeline::market::bytes;

/// Sets a mark if it ever runs, in each way that text gets to run.
const ATTACKS: [&str; 6] = [
    "<script>window.pwned = 1</script>",
    "</script><script>window.pwned = 1</script>",
    "\"><img src=x onerror=\"window.pwned = 1\">",
    "</pre></textarea></title><svg onload=window.pwned=1>",
    "javascript:window.pwned=1",
    "{{7*7}}${7*7}<style>*{display:none}</style>",
];

fn bodies() -> Vec<Vec<u8>> {
    let event = |id: &str, text: &str| {
        let data = json!({ "job_id": text, "cause": text, text: text });
        let event = json!({ "specversion": "1.0", "id": id, "source": text, "type": "job-canceled",
            "time": "2025-06-10T12:00:00Z", "subject": text, "data": data });
        event.to_string().into_bytes()
    };
    let mut bodies: Vec<Vec<u8>> = ATTACKS.iter().map(|text| event(text, text)).collect();
    bodies.push(event("bidi", "\u{202e}desrever\u{2066}\u{200f}\u{feff}"));
    bodies.push(event("zalgo", &format!("a{}", "\u{301}".repeat(2_000))));
    bodies.push(event(&"i".repeat(20_000), "long"));
    bodies.push(event("long-line", &"x".repeat(200_000)));
    bodies.push(b"\0\0\xff\xfe<script>window.pwned = 1</script>\x1b[31m".to_vec());
    bodies.push(ATTACKS[1].as_bytes().to_vec());
    bodies.push("y".repeat(1_000_000).into_bytes());
    bodies.push(event("nul", "a\u{0}b"));
    bodies
}

#[tokio::test]
async fn hostile_payloads_stay_text_and_fit() {
    let scene = Scene::of("operator").await;
    let bodies = bodies();
    let all = 5 + bodies.len();
    scene.stage.publish(bodies.into_iter().map(|body| bytes("job-canceled", body)).collect()).await;
    scene.stage.until_count(&scene.daemon, "dead_letters", all).await;
    let mut pages: Vec<String> =
        ["/letters/groups", "/letters?state=any", "/letters/plan", "/log"].map(str::to_owned).to_vec();
    let ids = scene.stage.rows("select cast(dead_letter_no as text) from dead_letters order by dead_letter_no").await;
    pages.extend(ids.iter().map(|id| format!("/letters/{id}")));
    for attack in ATTACKS {
        let asked = percent_encoding::utf8_percent_encode(attack, percent_encoding::NON_ALPHANUMERIC).to_string();
        pages.push(format!("/explain?q={asked}"));
        pages.push(format!("/letters?code={asked}&text={asked}"));
        pages.push(format!("/notices?person={asked}"));
        let form = format!("id={}&reason={asked}", ids[0]);
        let discard = if pages.len().is_multiple_of(2) { "/api/letters/discard" } else { "/api/letters/restore" };
        drop(scene.try_post(discard, &scene.csrf().await, &form));
    }
    let mut wrong = Vec::new();
    for path in &pages {
        scene.visit(path).await;
        let name = path.chars().take(60).collect::<String>();
        let pwned = scene.browser.ask("return window.pwned === undefined").await;
        if pwned != true {
            wrong.push(format!("{name}: a script of others ran"));
        }
        wrong.extend(findings(&scene.browser, &name, 375, false).await);
        let (said, asked) = scene.browser.heard().await;
        wrong.extend(said.into_iter().map(|line| format!("{name}: the console says {line}")));
        let own = scene.url("/");
        wrong.extend(asked.iter().filter(|url| !url.starts_with(&own)).map(|url| format!("{name}: asks for {url}")));
    }
    scene.end().await;
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
}
