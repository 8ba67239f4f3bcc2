//! What is put right in a browser: an operator repairs and accepts what the audit found, an admin erases a person.

use super::Scene;

/// The facts are brought up to what the events said; then, behind the daemon's back: a removed post that no event told
/// of, a return that nothing caused, and a wrong balance.
const GAPS: [&str; 5] = [
    "update jobs set state = 'canceled', state_since = '2025-06-10' where job_id in ('job-0', 'job-1', 'job-2')",
    "update jobs set state = 'removed', state_since = '2025-06-11' where job_id = 'job-3'",
    "insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, created_at)
     values ('charge', 'acc-2', 'job-2-of-2', 'boost', -3, '2025-06-09')",
    "insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no, created_at)
     values ('slip', 'acc-2', 'job-2-of-2', 'return', 3, 'charge', 'client_canceled', 4711, '2025-06-12')",
    "update accounts set balance = balance + 5 where account_id = 'acc-1'",
];

/// For a daemon that audits all the time.
pub(super) async fn auditing(role: &str) -> Scene {
    Scene::with(role, |settings, _| settings.set("audit.lag", "0s").set("audit.every", "100ms")).await
}

/// Makes gaps; the daemon finds them by itself.
pub(super) async fn plant_gaps(scene: &Scene) {
    for gap in GAPS {
        scene.stage.rows(gap).await;
    }
    for code in ["event_missing", "return_without_cause", "balance_wrong"] {
        let open = format!("audit_findings where state = 'open' and code = '{code}'");
        scene.stage.until_count(&scene.daemon, &open, 1).await;
    }
}

#[tokio::test]
async fn an_operator_repairs_what_the_audit_found_and_accepts_the_rest() {
    let scene = auditing("operator").await;
    plant_gaps(&scene).await;
    scene.visit("/audit").await;
    scene.until_said("event_missing").await;
    let text = scene.text().await;
    for said in ["event_missing", "return_without_cause", "balance_wrong", "slip of 3 Connects to account acc-2"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    scene.browser.click("a[href=\"/audit/plan\"]").await;
    scene.until_said("Repair 2 findings").await;
    assert!(scene.text().await.contains("Left for a person"));
    assert_eq!(scene.stage.count("connects_entries where kind = 'return' and proposal_id = 'job-3-of-3'").await, 0);
    scene.fill("/audit/repair", "reason", "ticket 4712").await;
    scene.send("/audit/repair").await;
    scene.until_said("repaired").await;
    assert_eq!(scene.stage.count("connects_entries where kind = 'return' and proposal_id = 'job-3-of-3'").await, 1);
    scene.stage.assert_sums().await;

    // The page says so of the first while the second is still repaired.
    scene.stage.until_count(&scene.daemon, "audit_findings where state = 'open'", 1).await;
    let slip = scene.stage.rows("select cast(finding_no as text) from audit_findings where state = 'open'").await;
    assert_eq!(slip.len(), 1, "the slip is left: {slip:?}");
    let accept = format!("/audit/{}/accept", slip[0]);
    scene.visit("/audit").await;
    scene.browser.click(&format!("#accept-{} summary", slip[0])).await;
    scene.fill(&accept, "reason", "agreed with finance").await;
    scene.send(&accept).await;
    scene.until_said("agreed with finance").await;
    scene.visit("/audit").await;
    scene.until_said("facts, ledger and notices agree").await;
    scene.visit("/log").await;
    let text = scene.text().await;
    assert!(text.contains("ticket 4712") && text.contains("agreed with finance"), "{text}");
    scene.end().await;
}

#[tokio::test]
async fn an_admin_erases_a_person_and_the_ledger_stays() {
    let scene = Scene::of("admin").await;
    let entries = scene.stage.count("connects_entries").await;
    scene.visit("/people/person-0").await;
    scene.until_said("p0@people.canary.example").await;
    scene.browser.click("a[href=\"/people/person-0/erasure\"]").await;
    scene.until_said("This cannot be undone").await;
    scene.fill("/people/person-0/erase", "reason", "their request, ticket 5").await;
    scene.fill("/people/person-0/erase", "confirm", "person-1").await;
    scene.send("/people/person-0/erase").await;
    scene.until_said("nothing was erased").await;
    assert_eq!(scene.stage.count("people where email is null").await, 0);

    scene.visit("/people/person-0/erasure").await;
    scene.fill("/people/person-0/erase", "reason", "their request, ticket 5").await;
    scene.fill("/people/person-0/erase", "confirm", "person-0").await;
    scene.send("/people/person-0/erase").await;
    scene.until_said("Erased at their request").await;
    let text = scene.text().await;
    assert!(!text.contains("canary.example") && !text.contains("Canarini"), "{text}");
    assert_eq!(scene.stage.count("connects_entries").await, entries);
    scene.stage.assert_sums().await;
    scene.visit("/accounts/acc-0").await;
    scene.until_said("Returned").await;
    scene.end().await;
}

#[tokio::test]
async fn a_history_is_downloaded_whole() {
    let scene = Scene::of("viewer").await;
    scene.visit("/accounts/acc-0").await;
    let link = "return document.querySelector('a[download]').getAttribute('href')";
    let link = scene.browser.ask(link).await.as_str().expect("a link").to_owned();
    let download = |path: &str| {
        let mut answer = ureq::get(scene.url(path)).call().expect("an answer");
        let how = answer.headers().get("content-disposition").expect("a name").to_str().expect("text").to_owned();
        (how, answer.body_mut().read_to_string().expect("text"))
    };
    let (how, file) = download(&link);
    assert!(how.starts_with("attachment"), "{how}");
    let rows = scene.stage.count("connects_entries where account_id = 'acc-0'").await;
    assert_eq!(file.lines().count(), rows + 1, "{file}");
    assert!(file.starts_with("at,entry,kind,amount,balance,cause,"), "{file}");
    let (_, day) = download("/accounts/acc-0/history.csv?since=2025-06-09&until=2025-06-09");
    assert_eq!(day.lines().count(), 2, "the charge of that day: {day}");
    assert_eq!(scene.get("/accounts/nobody/history.csv").status, 404);
    scene.end().await;
}
