//! What people come for: an operator replays a dead letter, support explains a proposal, a viewer looks and cannot act,
//! and another site gets nothing done.

use makegood::admin::console::records::change;
use makegood::admin::console::users::User;
use makegood::admin::console::{Role, password};
use serde_json::Value;

use super::pages::shoot;
use super::{LATE_JOB, Scene, findings, shots};
use crate::admin::PASSWORD;
use crate::pipeline::stage::DEADLINE;
use crate::support::wait;

/// From the first page to the Connects on the account, with a script or without.
async fn an_operator_replays(scene: &Scene) {
    scene.visit("/").await;
    scene.until_said("dead letters wait for somebody to decide").await;
    scene.browser.click("nav a[href=\"/letters/groups\"]").await;
    scene.until_said("job_unknown").await;
    let late = scene.letter("job_unknown").await;
    scene.browser.click(&format!("a[href=\"/letters/{late}\"]")).await;
    scene.until_said("What it speaks of never became known").await;

    // As long as the job is unknown, a replay would do nothing.
    scene.browser.click(&format!("a[href=\"/letters/plan?id={late}\"]")).await;
    scene.until_said("would fail again: job_unknown").await;
    scene.load_the_late_job().await;
    scene.visit(&format!("/letters/plan?id={late}")).await;
    scene.until_said("would credit 1 proposal = 6 Connects").await;

    scene.fill("/replays", "reason", "the job is loaded, ticket 4711").await;
    scene.send("/replays").await;
    wait::until("the replay has a page", DEADLINE, async || scene.browser.address().await.ends_with("/replays/1"))
        .await;
    scene.until_said("Done: every letter was tried and none failed again.").await;
    let text = scene.text().await;
    assert!(text.contains("the job is loaded, ticket 4711"), "{text}");

    scene.visit(&format!("/letters/{late}")).await;
    scene.until_said("it was applied").await;
    scene.visit("/accounts/acc-1").await;
    scene.until_said("Returned").await;
    let returned = format!("connects_entries where kind = 'return' and proposal_id = '{LATE_JOB}-of-1'");
    assert_eq!(scene.stage.count(&returned).await, 1);
    scene.visit("/log").await;
    scene.until_said("the job is loaded, ticket 4711").await;
}

#[tokio::test]
async fn an_operator_logs_in_finds_plans_replays_and_sees_it_applied() {
    let scene = Scene::with("none", |settings, folder| {
        let (file, hash) = (folder.join("users"), password::hash(PASSWORD).expect("hashed"));
        change(&file, "olga", Some(&User { role: Role::Operator, hash }.fields())).expect("a user");
        settings.set("console.users_file", file.display())
    })
    .await;
    scene.visit("/letters/groups").await;
    scene.until_said("Password").await;
    for (width, dark) in [(375, false), (375, true), (1280, false), (1280, true)] {
        assert_eq!(findings(&scene.browser, "login", width, dark).await, Vec::<String>::new());
        shoot(&scene, &shots(), "login", width, dark).await;
    }
    scene.fill("/login", "name", "olga").await;
    scene.fill("/login", "password", "not this one at all").await;
    scene.send("/login").await;
    scene.until_said("Password").await;
    scene.fill("/login", "name", "olga").await;
    scene.fill("/login", "password", PASSWORD).await;
    scene.send("/login").await;
    scene.until_said("Dead letters").await;
    an_operator_replays(&scene).await;
    assert_eq!(scene.stage.count("operator_log where operator = 'olga' and action = 'replay.start'").await, 1);
    scene.send("/logout").await;
    scene.visit("/log").await;
    scene.until_said("Password").await;
    scene.end().await;
}

#[tokio::test]
async fn the_same_works_without_a_script() {
    let scene = Scene::of("operator").await;
    scene.browser.without_scripts().await;
    an_operator_replays(&scene).await;
    scene.end().await;
}

#[tokio::test]
async fn support_explains_a_proposal_and_sends_a_notice_again() {
    let scene = Scene::of("support").await;
    scene.visit("/").await;
    scene.browser.fill("#search", "job-0-of-0").await;
    scene.browser.click("form.search button").await;
    scene.until_said("What happened").await;
    let text = scene.text().await;
    assert!(text.contains("6 Connects") && text.contains("job-canceled"), "{text}");
    scene.browser.click("a[href^=\"/notices/\"]").await;
    scene.until_said("The letter").await;
    let text = scene.text().await;
    assert!(text.contains("p0@people.canary.example"), "support sees the address: {text}");
    let mail = scene.browser.ask("return document.querySelector('iframe.mail').getAttribute('sandbox')").await;
    assert_eq!(mail, "", "the letter stands in a box that runs nothing");
    let path = scene.browser.ask("return location.pathname").await.as_str().expect("a path").to_owned();
    let framed = scene.get(&format!("{path}/mail"));
    assert_eq!((framed.status, framed.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(framed.header("content-security-policy").is_some_and(|policy| policy.contains("sandbox")), "{framed:?}");
    assert!(framed.body.contains("Title of job-0"), "{}", framed.body);
    let seen = scene.browser.frame_text("iframe.mail").await;
    assert!(seen.contains("Title of job-0"), "the letter is seen: {seen:?}");
    scene.fill(&format!("{path}/resend"), "reason", "they deleted it").await;
    scene.send(&format!("{path}/resend")).await;
    scene.stage.until_count(&scene.daemon, "notices where resends = 1 and state = 'sent'", 1).await;
    scene.visit(&path).await;
    scene.until_said("resend").await;
    assert!(!scene.text().await.contains("Plan a replay"));
    scene.visit("/letters/plan").await;
    scene.until_said("needs the role operator").await;
    scene.end().await;
}

#[tokio::test]
async fn what_a_plan_did_not_show_is_not_done() {
    let scene = Scene::of("operator").await;
    let plan = scene.get("/letters/plan?type=job-canceled");
    let (csrf, seal) = (plan.field("csrf").to_owned(), plan.field("seal").to_owned());
    let open = scene.stage.count("dead_letters where state = 'open'").await;
    let another = crate::pipeline::market::canceled("late-2", "job-later");
    scene.stage.publish(vec![crate::pipeline::market::message(&another)]).await;
    scene.stage.until_count(&scene.daemon, "dead_letters where state = 'open'", open + 1).await;
    for path in ["/replays", "/letters/discard"] {
        let answer = scene.try_post(path, &csrf, &format!("type=job-canceled&seal={seal}&reason=as+planned"));
        assert_eq!(answer.status, 409, "{path}: {answer:?}");
    }
    let everything = scene.try_post("/letters/discard", &csrf, "reason=oops");
    assert_eq!(everything.status, 400, "no condition and no plan: {everything:?}");
    assert_eq!(scene.stage.count("operator_log").await, 0);
    scene.end().await;
}

/// Words that a viewer must not see: an address, a name, what stands in a payload and in a header.
const CANARIES: [&str; 4] = ["canary.example", "Canarini", "wording-of-a-client", "cloudevents+json"];

#[tokio::test]
async fn a_viewer_sees_no_person_and_changes_nothing() {
    let scene = Scene::of("viewer").await;
    let (weather, late) = (scene.letter("unknown_value").await, scene.letter("job_unknown").await);
    let notice = scene.stage.rows("select cast(notice_id as text) from notices order by 1 limit 1").await.remove(0);
    let paths = [
        "/".to_owned(),
        "/letters/groups".to_owned(),
        "/letters?state=any".to_owned(),
        format!("/letters/{weather}"),
        "/notices".to_owned(),
        format!("/notices/{notice}"),
        "/explain?q=person-0&kind=person".to_owned(),
        "/explain?q=job-0-of-0".to_owned(),
        "/accounts/acc-0".to_owned(),
        "/replays".to_owned(),
        "/audit?state=any".to_owned(),
        "/log".to_owned(),
    ];
    for path in &paths {
        scene.visit(path).await;
        let page = scene.browser.ask("return document.documentElement.outerHTML").await;
        let twin = scene.get(&format!("/api{}", path.trim_end_matches('/')));
        assert_eq!(twin.status, 200, "{path}: {twin:?}");
        for (what, text) in [("page", page.as_str().expect("text")), ("twin", &twin.body)] {
            let seen = CANARIES.iter().find(|canary| text.contains(**canary));
            assert_eq!(seen, None, "the {what} of {path} shows it:\n{text}");
        }
        let forms = scene.browser.ask("return document.querySelectorAll('form[method=post]').length").await;
        assert_eq!(forms, 0, "{path} offers an act");
    }
    let refused = [
        format!("/letters/{weather}/payload"),
        format!("/notices/{notice}/mail"),
        "/people/person-0".to_owned(),
        format!("/letters/plan?id={late}"),
    ];
    for path in refused {
        assert_eq!(scene.get(&path).status, 403, "{path}");
    }
    let acts = [
        "/replays".to_owned(),
        "/letters/discard".to_owned(),
        format!("/notices/{notice}/hold"),
        "/people/person-0/erase".to_owned(),
    ];
    for path in acts {
        let form = format!("id={late}&reason=because&confirm=person-0");
        assert_eq!(scene.try_post(&path, "unknown", &form).status, 403, "{path}");
    }
    assert_eq!(scene.stage.count("operator_log").await, 0);
    scene.end().await;
}

/// A page of another site, which knows everything but what only our pages say.
fn evil(target: &str, id: i64) -> String {
    format!(
        "<!doctype html><title>win a prize</title><form id=f method=post action=\"{target}/letters/discard\">\
         <input name=id value={id}><input name=reason value=prize></form>\
         <iframe id=i src=\"{target}/letters/{id}\"></iframe><script>\
         fetch('{target}/api/letters/{id}', {{credentials: 'include'}}).then((a) => a.text())\
         .then((text) => document.title = text).catch(() => document.title = 'unreadable')</script>"
    )
}

#[tokio::test]
async fn another_site_gets_nothing_done_and_reads_nothing() {
    let scene = Scene::of("operator").await;
    let late = scene.letter("job_unknown").await;
    let other = crate::support::http::serve_page(evil(&scene.url(""), late));
    // Another site, not only another port: cookies and `Sec-Fetch-Site` know the difference.
    scene.browser.visit(&format!("http://localhost:{}", other.port())).await;
    let told = crate::support::wait::answer(super::DEADLINE, async || {
        let title = scene.browser.ask("return document.title").await;
        (title != "win a prize").then_some(title)
    });
    assert_eq!(told.await, Some(Value::from("unreadable")));
    let frame = scene.browser.ask("try { return document.getElementById('i').contentDocument } catch { return 'no' }");
    assert_eq!(frame.await, Value::Null, "the page in the frame is not theirs to read");
    scene.browser.ask("document.getElementById('f').submit()").await;
    scene.until_said("Not allowed").await;
    assert_eq!(scene.stage.count("dead_letters where state = 'open'").await, 5);
    assert_eq!(scene.stage.count("operator_log").await, 0);
    scene.end().await;
}
