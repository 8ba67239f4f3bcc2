//! A hundred thousand dead letters: every page has a bound, and a place in the list is a key, not a count.

use std::time::{Duration, Instant};

use super::{DEADLINE, Scene, findings};
use crate::support::wait;

/// Rows of a page.
const SHOWN: usize = 50;
/// Longest answer of a debug build on a busy machine; a release build takes a tenth.
const ANSWER_MAX: Duration = Duration::from_secs(4);
/// Longest page in bytes.
const PAGE_MAX: usize = 256 * 1024;

/// Letters of three troubles; the numbers rise with the time at which they were seen.
const SEED: &str = "insert into dead_letters (digest, body, body_len, body_hash, headers, exchange, routing_key, class,
        code, message, pointer, source, event_id, type, version, first_seen, last_seen, state, fingerprint, job_id)
    select sha256(convert_to('n' || n, 'UTF8')), '{}', 2, sha256('{}'), '{}', 'marketplace', 'job-canceled',
        'unresolved', 'code_' || n % 3, 'the job is not known', '/data/job_id', '/marketplace', 'many-' || n,
        'job-canceled', '0.1.0', now() - interval '1 day', now() - make_interval(secs => 100000 - n), 'open',
        'code_' || n % 3 || ' job-canceled /data/job_id', 'job-' || n
    from generate_series(1, 100000) as n";

async fn rows(scene: &Scene) -> Vec<i64> {
    let ids =
        scene.browser.ask("return [...document.querySelectorAll('tbody th a')].map((a) => Number(a.textContent))");
    ids.await.as_array().expect("a list").iter().map(|id| id.as_i64().expect("a number")).collect()
}

#[tokio::test]
async fn the_pages_hold_up_with_a_hundred_thousand_letters() {
    let scene = Scene::of("operator").await;
    scene.stage.rows(SEED).await;
    scene.stage.rows("analyze dead_letters").await;
    let middle = "/letters?before=50000";
    for path in ["/", "/letters/groups", "/letters", middle, "/letters?after=50000", "/letters?code=code_1", "/log"] {
        let begun = Instant::now();
        let answer = scene.get(path);
        let took = begun.elapsed();
        println!("{path}: {} bytes in {} ms", answer.body.len(), took.as_millis());
        assert_eq!(answer.status, 200, "{path}");
        assert!(took < ANSWER_MAX && answer.body.len() < PAGE_MAX, "{path}: {took:?}, {} bytes", answer.body.len());
    }

    scene.visit("/letters").await;
    scene.until_said("100005 letters match").await;
    let first = rows(&scene).await;
    assert_eq!(first.len(), SHOWN);
    scene.browser.click("a[rel=next]").await;
    let second = rows(&scene).await;
    assert!(second.first() < first.last(), "older ones follow: {first:?} {second:?}");
    scene.browser.click("a[rel=prev]").await;
    assert_eq!(rows(&scene).await, first, "newer leads back to where one came from");
    scene.visit(middle).await;
    let here = rows(&scene).await;
    scene.browser.click("a[rel=prev]").await;
    let newer = rows(&scene).await;
    assert_eq!((newer.len(), newer.last()), (SHOWN, Some(&(here[0] + 1))), "nothing is left out between two pages");
    assert_eq!(findings(&scene.browser, "many", 375, false).await, Vec::<String>::new());

    // A plan of all of them is frozen whole, and predicted as far as a page may take.
    scene.visit("/letters/plan?code=code_1").await;
    scene.until_said("were predicted in the time a page may take").await;
    scene.fill("/letters/plan", "limit", "200").await;
    scene.send("/letters/plan").await;
    scene.until_said("Plan: replay 200 letters").await;
    scene.fill("/replays", "reason", "to see it move").await;
    scene.fill("/replays", "rate", "5").await;
    scene.send("/replays").await;
    scene.until_said("of 200 letters tried").await;
    let mut seen = Vec::new();
    let moves = wait::answer(DEADLINE, async || {
        let value = scene.browser.ask("return document.querySelector('progress').value").await.as_f64();
        seen.extend(value);
        seen.dedup();
        (seen.len() >= 3).then_some(())
    });
    assert!(moves.await.is_some(), "the progress moves by itself: {seen:?}");
    // Without a script the page is loaded anew, unless somebody wants to write on it.
    let (anew, still) = (scene.get("/replays/1").body, scene.get("/replays/1?still=1").body);
    assert!(anew.contains("http-equiv=\"refresh\"") && anew.contains("/replays/1?still=1"), "{anew}");
    assert!(!still.contains("http-equiv=\"refresh\"") && still.contains("/replays/1/cancel"), "{still}");
    let action = scene.browser.ask("return new URL(document.querySelector('form.act').action).pathname").await;
    let action = action.as_str().expect("a path").to_owned();
    scene.fill(&action, "reason", "seen enough").await;
    scene.send(&action).await;
    scene.until_said("Canceled: what was replayed stays").await;
    scene.end().await;
}
