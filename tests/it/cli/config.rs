//! `makegood config`: layers, secrets, and every finding at once.

use super::Desk;

#[test]
fn show_names_the_layer_and_masks_secrets() {
    let desk = Desk::new().env("MAKEGOOD_BROKER__URL", "amqp://user:hush@127.0.0.1:5672");
    desk.write("my.toml", "[broker]\nprefetch = 700\n\n[mail.smtp]\npassword = \"hush\"\n");
    let arguments = ["config", "show", "--config", "my.toml", "--set", "http.listen=127.0.0.1:7"];
    let text = desk.run(&arguments).done();
    for line in [
        "prefetch = 700 # file my.toml, line 2",
        "listen = \"127.0.0.1:7\" # command line",
        "batch_max = 256 # default",
        "# environment MAKEGOOD_BROKER__URL",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    assert!(!text.contains("hush"), "{text}");
    let json = desk.run(&[&arguments[..], &["--json"]].concat()).json(0);
    assert_eq!(json["broker.prefetch"]["value"], 700);
    assert_eq!(json["broker.prefetch"]["layer"], "file my.toml, line 2");
    assert!(!json.to_string().contains("hush"), "{json}");
}

#[test]
fn check_says_everything_at_once() {
    let desk = Desk::new().env("MAKEGOOD_BROKER__HEARTBEAT", "soon").env("MAKEGOOD_MAIL__HELP_URL", "ftp://x");
    std::fs::create_dir_all(desk.path("mine/letters/job-canceled")).expect("made");
    desk.write("mine/letters/job-canceled/text.hbs", "{{#if}}");
    desk.write("policy.toml", "[[version]]\nid = 1\n");
    desk.write("my.toml", "[broker]\nprefetch = 0\nqeue = \"x\"\n[policy]\nfile = \"policy.toml\"\n");
    let arguments = ["config", "check", "-c", "my.toml", "--set", "mail.templates_dir=mine"];
    let findings = [
        ("broker.prefetch", "file my.toml, line 2"),
        ("broker.qeue", "file my.toml, line 3"),
        ("broker.heartbeat", "environment MAKEGOOD_BROKER__HEARTBEAT"),
        ("mail.help_url", "environment MAKEGOOD_MAIL__HELP_URL"),
        ("policy.file", "file my.toml, line 5"),
        ("mail.templates_dir", "command line"),
    ];
    let json = desk.run(&[&arguments[..], &["--json"]].concat()).json(78);
    let listed = json["findings"].as_array().expect("a list");
    for (key, layer) in findings {
        assert!(listed.iter().any(|one| one["key"] == key && one["layer"] == layer), "{key} ({layer}) in {json:#}");
    }
    let keys: Vec<&str> = findings.iter().map(|(key, _)| *key).collect();
    desk.run(&arguments).failed(78, &keys);
    // What the daemon would stumble over at its start has the same exit code.
    let plain = Desk::new();
    plain.write("policy.toml", "");
    plain.run(&["run", "--set", "policy.file=policy.toml"]).failed(78, &["policy.file"]);
}

/// A key that cannot sign, a signature that would count for nothing, and what is wrong with one class alone.
#[test]
fn check_looks_at_the_signature_and_at_each_sender() {
    const KEY: &str = include_str!("../mail/keys/ed25519.pem");
    let desk = Desk::new();
    desk.write("sound.pem", KEY);
    desk.write("weak.pem", include_str!("../mail/keys/rsa1024.pem"));
    let base = ["config", "check", "--set", "mail.from_address=a@connects.org", "--set", "mail.dkim.selector=s"];
    let with = |more: &[&str]| {
        let sets: Vec<&str> = more.iter().flat_map(|set| ["--set", set]).collect();
        desk.run(&[&base[..], &sets].concat())
    };
    with(&["mail.dkim.domain=connects.org", "mail.dkim.key_file=sound.pem"]).done();
    with(&["mail.dkim.domain=connects.org", "mail.dkim.key_file=weak.pem"])
        .failed(78, &["mail.dkim.key", "2048 to 4096 bits", "weak.pem"]);
    with(&["mail.dkim.domain=other.org", "mail.dkim.key_file=sound.pem"])
        .failed(78, &["mail.dkim.domain", "signs for other.org", "come from connects.org"]);
    let stranger = "mail.classes.declines.from_address=a@elsewhere.org";
    with(&["mail.dkim.domain=connects.org", "mail.dkim.key_file=sound.pem", stranger])
        .failed(78, &["mail.dkim.domain", "come from elsewhere.org"]);
    let shown = desk.run(&["config", "show", "--set", &format!("mail.dkim.key={KEY}")]);
    assert!(!format!("{shown:?}").contains("MC4C"), "the key is shown");
}

#[test]
fn check_of_a_fit_one() {
    assert_eq!(Desk::new().run(&["config", "check"]).done(), "the configuration is fit\n");
    assert_eq!(Desk::new().run(&["config", "check", "--json"]).json(0)["findings"], serde_json::json!([]));
}

/// A file from before a change is no mistake, and whoever has one is told.
#[test]
fn check_of_an_older_file_says_what_changed() {
    let desk = Desk::new();
    desk.write("old.toml", "[store]\nbatch_proposals_max = 4000\n");
    let ran = desk.run(&["config", "check", "-c", "old.toml"]);
    let note = "note: store.batch_proposals_max: was the default before 0.1.0 and is not any more";
    assert!(ran.code == Some(0) && ran.stderr.contains(note) && ran.stderr.contains("old.toml"), "{ran:?}");
    let told = desk.run(&["config", "check", "--json", "-c", "old.toml"]).json(0);
    assert_eq!(told["notes"][0]["key"], "store.batch_proposals_max");
    assert_eq!(desk.run(&["config", "check", "--json"]).json(0)["notes"], serde_json::json!([]));
}
