//! `makegood templates`.

use super::Desk;
use serde_json::json;

#[test]
fn list_check_preview() {
    let desk = Desk::new();
    let list = desk.run(&["templates", "list"]).done();
    assert!(list.lines().any(|name| name == "client-suspended-no-return"), "{list}");
    let names: Vec<&str> = list.lines().collect();
    assert_eq!(desk.run(&["templates", "list", "--json"]).json(0), json!(names));
    let languages = desk.run(&["templates", "list", "--languages"]).done();
    assert!(languages.lines().any(|tag| tag == "en"), "{languages}");
    assert_eq!(
        desk.run(&["templates", "list", "--languages", "--json"]).json(0),
        json!(languages.lines().collect::<Vec<_>>())
    );
    assert_eq!(desk.run(&["templates", "check"]).done(), "the templates are fit\n");
    assert_eq!(desk.run(&["templates", "check", "--json"]).json(0), json!({"findings": []}));
    for name in names {
        let text = desk.run(&["templates", "preview", name]).done();
        assert!(text.starts_with("Subject: ") && text.contains("Hello "), "{text}");
        let subject = desk.run(&["templates", "preview", name, "--part", "subject"]).done();
        assert!(text.starts_with(&format!("Subject: {subject}\n")), "{subject}");
        assert!(desk.run(&["templates", "preview", name, "--part", "html"]).done().contains("</html>"));
        let json = desk.run(&["templates", "preview", name, "--json"]).json(0);
        assert_eq!(format!("{}\n", json["subject"].as_str().expect("a subject")), subject);
    }
    let late = desk.run(&["templates", "preview", "post-removed", "--late"]).done();
    assert!(late.contains("This notice comes late"), "{late}");
    for tag in languages.lines() {
        let wished = desk.run(&["templates", "preview", "post-removed", "--locale", tag, "--part", "html"]).done();
        assert!(wished.contains(&format!("lang=\"{tag}\"")), "{wished}");
    }
    desk.run(&["templates", "preview", "none"]).failed(1, &["no letter is called none", "job-canceled"]);
}

#[test]
fn a_context_of_ones_own() {
    let desk = Desk::new();
    let sample = include_str!("../../../templates/letters/job-canceled/sample.json");
    desk.write("mine.json", sample.replace("Ana Berg", "Dr. Nobody"));
    let text = desk.run(&["templates", "preview", "job-canceled", "--context", "mine.json"]).done();
    assert!(text.contains("Hello Dr. Nobody,"), "{text}");
    desk.write("mine.json", "{\"name\": 7}");
    desk.run(&["templates", "preview", "job-canceled", "--context", "mine.json"]).failed(1, &["mine.json"]);
}

#[test]
fn broken_templates_are_findings() {
    let desk = Desk::new().env("MAKEGOOD_MAIL__TEMPLATES_DIR", "mine");
    std::fs::create_dir_all(desk.path("mine/letters/job-canceled")).expect("made");
    desk.write("mine/letters/job-canceled/subject.hbs", "{{#if}}");
    desk.write("mine/letters/job-canceled/text.hbs", "{{nobody_knows_this}}");
    let told = desk.run(&["templates", "check"]).ended(3);
    for file in ["job-canceled/subject.hbs", "job-canceled/text.hbs"] {
        assert!(told.contains(file), "{file} in\n{told}");
    }
    let json = desk.run(&["templates", "check", "--json"]).json(3);
    let findings = json["findings"].as_array().expect("a list");
    assert!(findings.iter().any(|one| one["place"] == "letters/job-canceled/text.hbs"), "{json:#}");
    desk.run(&["templates", "preview", "job-canceled"]).failed(78, &["mail.templates_dir", "subject.hbs"]);
    // What sends nothing does not mind.
    assert!(desk.run(&["migrate"]).done().starts_with("applied"));
}
