//! Every page at two widths, light and dark: nothing overflows, everything has a name, the console is silent. The
//! pictures stay in `target/console-shots`.

use std::path::Path;

use super::amends::{auditing, plant_gaps};
use super::{Scene, findings, shots};

const WINDOWS: [(u32, bool); 4] = [(375, false), (375, true), (1280, false), (1280, true)];

/// Name of the picture, path.
async fn pages(scene: &Scene) -> Vec<(&'static str, String)> {
    let notice = scene.stage.rows("select cast(notice_id as text) from notices order by 1 limit 1").await.remove(0);
    let weather = scene.letter("unknown_value").await;
    let late = scene.letter("job_unknown").await;
    vec![
        ("overview", "/".to_owned()),
        ("groups", "/letters/groups".to_owned()),
        ("letters", "/letters".to_owned()),
        ("letters-filtered", "/letters?state=any&code=job_unknown&newer_than=2h".to_owned()),
        ("letters-empty", "/letters?code=nothing_of_the_kind".to_owned()),
        ("letter", format!("/letters/{weather}")),
        ("plan", format!("/letters/plan?id={late}&id={weather}")),
        ("plan-discard", format!("/letters/plan?id={late}&deed=discard")),
        ("replays", "/replays".to_owned()),
        ("replay", "/replays/1".to_owned()),
        ("explain", "/explain".to_owned()),
        ("explain-proposal", "/explain?q=job-0-of-0".to_owned()),
        ("explain-person", "/explain?q=person-1&kind=person".to_owned()),
        ("explain-unknown", "/explain?q=nobody-knows-me".to_owned()),
        ("notices", "/notices".to_owned()),
        ("notice", format!("/notices/{notice}")),
        ("account", "/accounts/acc-0".to_owned()),
        ("person", "/people/person-0".to_owned()),
        ("person-erase", "/people/person-0/erasure".to_owned()),
        ("audit", "/audit?state=any".to_owned()),
        ("audit-plan", "/audit/plan".to_owned()),
        ("log", "/log".to_owned()),
        ("not-found", "/letters/999999".to_owned()),
    ]
}

/// A test that finds nothing may be blind.
#[tokio::test]
async fn what_is_wrong_with_a_page_is_found() {
    let scene = Scene::of("admin").await;
    for (broken, found) in [
        ("<p data-css='width:1500px'>wide</p>", "px wide in a window of 375"),
        ("<p data-css='color:#999;background:#fff'>pale</p>", "has a contrast of 2.85"),
        ("<input name=bare>", "the field bare has no label"),
        ("<button data-css='height:40px;width:40px'></button>", "a button has no name"),
        ("<button data-css='min-height:0;height:9px;padding:0;font-size:6px'>tiny</button>", " by 9 px"),
        ("<h1>again</h1>", "it has 2 of h1"),
        ("<h4>deep</h4>", "follows a heading of level"),
        ("<b id=main>twice</b>", "the id main is there twice"),
        ("<table><tr><th>bare</th></tr></table>", "has no scope"),
        ("<svg></svg>", "a plot has no name"),
        ("<div class=scroll>box</div>", "a box that scrolls"),
        ("<p aria-labelledby=nowhere>x</p>", "refers to nowhere"),
    ] {
        scene.visit("/log").await;
        // The policy of the page lets no style stand in it; a script may set one.
        let plant = format!(
            "document.querySelector('main').insertAdjacentHTML('beforeend', `{broken}`);
            for (const one of document.querySelectorAll('[data-css]')) one.style.cssText = one.dataset.css"
        );
        scene.browser.ask(&plant).await;
        let findings = findings(&scene.browser, "broken", 375, false).await;
        assert!(findings.iter().any(|finding| finding.contains(found)), "{broken}: {findings:?}");
    }
    scene.end().await;
}

/// Keeps a picture of the whole page, in a window as tall as it is: a frame below the edge of one is not drawn.
pub(super) async fn shoot(scene: &Scene, shots: &Path, name: &str, width: u32, dark: bool) {
    let height = scene.browser.ask("return document.documentElement.scrollHeight").await.as_u64().expect("a height");
    scene.browser.window(width, u32::try_from(height).expect("not so tall"), dark).await;
    let mode = if dark { "dark" } else { "light" };
    scene.browser.picture(&shots.join(format!("{name}.{width}.{mode}.png"))).await;
}

#[tokio::test]
async fn every_page_fits_is_named_and_is_silent() {
    let scene = auditing("admin").await;
    plant_gaps(&scene).await;
    scene.load_the_late_job().await;
    let late = scene.letter("job_unknown").await;
    let renamed = scene.letter("unknown_type").await;
    for (path, form) in [("/api/replays", late), ("/api/letters/discard", renamed)] {
        let csrf = scene.csrf().await;
        scene.post(path, &csrf, &format!("id={form}&reason=seen+on+the+pictures")).await;
    }
    scene.stage.until_count(&scene.daemon, "replays where state = 'done'", 1).await;
    let (shots, mut wrong) = (shots(), Vec::new());
    let pages = pages(&scene).await;
    for (name, path) in &pages {
        scene.visit(path).await;
        for (width, dark) in WINDOWS {
            wrong.extend(findings(&scene.browser, name, width, dark).await);
            shoot(&scene, &shots, name, width, dark).await;
        }
        let (said, asked) = scene.browser.heard().await;
        let expected = name == &"not-found";
        wrong.extend(said.into_iter().filter(|_| !expected).map(|line| format!("{name}: the console says {line}")));
        let own = scene.url("/");
        // `data:` is the browser's own picture of a calendar.
        let others = asked.iter().filter(|url| !url.starts_with(&own) && !url.starts_with("data:image/svg+xml"));
        wrong.extend(others.map(|url| format!("{name}: asks for {url}")));
    }
    scene.end().await;
    println!("pictures: {}", shots.display());
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
}
