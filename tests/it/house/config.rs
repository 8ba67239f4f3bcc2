//! The configuration: layers, findings, secrets. No service needed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use makegood::config::{Config, ConfigError, DEFAULT_TOML, LogFormat, MailTransport, SmtpTls, Sources};
use secrecy::ExposeSecret;
use tempfile::TempDir;

/// A folder for one test's files, and the sources that name them.
struct Case {
    folder: TempDir,
    sources: Sources,
}

impl Case {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), sources: Sources::default() }
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    fn file(mut self, text: &str) -> Self {
        self.sources.file = Some(self.write("makegood.toml", text));
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.sources.env.push((name.to_owned(), value.to_owned()));
        self
    }

    fn flag(mut self, key: &str, value: &str) -> Self {
        self.sources.flags.push((key.to_owned(), value.to_owned()));
        self
    }

    fn load(&self) -> Result<Config, ConfigError> {
        Config::load(&self.sources)
    }

    /// The findings, without the folder's name.
    fn findings(&self) -> Vec<String> {
        let error = match self.load() {
            Ok(config) => panic!("no findings:\n{}", config.show()),
            Err(error) => error,
        };
        let folder = format!("{}/", self.folder.path().display());
        error.findings.iter().map(|finding| finding.to_string().replace(&folder, "")).collect()
    }
}

fn layer(config: &Config, key: &str) -> String {
    config.show_json()[key]["layer"].as_str().expect("a layer").to_owned()
}

#[test]
fn the_defaults_alone_are_valid() {
    let config = Config::load(&Sources::default()).expect("valid");
    assert_eq!(config.store.url.expose_secret(), "sqlite:var/makegood.db");
    assert!(config.store.migrate_at_start);
    assert_eq!(config.broker.prefetch, 512);
    assert_eq!(config.intake.body_bytes_max, 262_144);
    assert_eq!(config.mail.give_up_after, Duration::from_secs(5 * 86_400));
    assert_eq!(config.mail.envelope_sender, config.mail.from_address);
    assert_eq!(config.mail.message_id_domain, "marketplace.example");
    assert!(matches!(&config.mail.transport, MailTransport::Folder { path } if path == Path::new("var/mail")));
    assert!(config.http.listen.ip().is_loopback());
    assert_eq!(config.log.format, LogFormat::Auto);
}

#[test]
fn every_key_is_documented() {
    let lines: Vec<&str> = DEFAULT_TOML.lines().collect();
    let mut keys = 0;
    for pair in lines.windows(2) {
        if let [above, line] = pair
            && line.contains(" = ")
            && !line.starts_with('#')
        {
            assert!(above.starts_with("# "), "no comment above: {line}");
            keys += 1;
        }
    }
    let shown = Config::load(&Sources::default()).expect("valid").show_json();
    assert_eq!(keys, shown.as_object().expect("an object").len());
}

/// A key in the file that nothing reads would be a promise nobody keeps.
#[test]
fn every_key_is_read() {
    let shown = Config::load(&Sources::default()).expect("valid").show_json();
    let smtp = [
        ("mail.transport", "smtp"),
        ("mail.from_address", "a@b.org"),
        ("mail.smtp.host", "localhost"),
        ("mail.smtp.user", "u"),
        ("mail.smtp.password", "p"),
    ];
    for key in shown.as_object().expect("an object").keys() {
        if key.ends_with("_file") && key != "broker.ca_file" && key != "mail.smtp.ca_file" {
            continue;
        }
        // A value that no key takes: a control character in text, a number and a word out of range.
        let bad = match &shown[key]["value"] {
            serde_json::Value::String(_) => "\u{1}",
            serde_json::Value::Number(_) => "-1",
            _ => continue,
        };
        let mut case = Case::new();
        if key != "mail.folder.path" {
            case = smtp.iter().fold(case, |case, (key, value)| case.flag(key, value));
        }
        let findings = case.flag(key, bad).findings();
        assert!(findings.iter().any(|finding| finding.starts_with(key)), "{key} is not read: {findings:?}");
    }
}

#[test]
fn a_later_layer_wins_and_says_so() {
    let case = Case::new().file("[broker]\nprefetch = 1_000\nbatch_max = 0x10\nqueue = 'q'\n");
    let case = case.env("MAKEGOOD_BROKER__PREFETCH", "900").env("PATH", "/bin").flag("broker.batch_max", "20");
    let config = case.load().expect("valid");
    assert_eq!((config.broker.prefetch, config.broker.batch_max, config.broker.queue.as_str()), (900, 20, "q"));
    assert_eq!(layer(&config, "broker.prefetch"), "environment MAKEGOOD_BROKER__PREFETCH");
    assert_eq!(layer(&config, "broker.batch_max"), "command line");
    assert!(layer(&config, "broker.queue").ends_with("makegood.toml, line 4"));
    assert_eq!(layer(&config, "broker.exchange"), "default");
}

#[test]
fn the_environment_may_name_the_file_and_the_command_line_another() {
    let case = Case::new();
    let (one, two) =
        (case.write("one.toml", "[log]\nlevel = 'warn'"), case.write("two.toml", "[log]\nlevel = 'debug'"));
    let mut case = case.env("MAKEGOOD_CONFIG", &one.display().to_string());
    assert_eq!(case.load().expect("valid").log.level, "warn");
    case.sources.file = Some(two);
    assert_eq!(case.load().expect("valid").log.level, "debug");
}

#[test]
fn variables_of_tests_and_demo_are_not_keys() {
    let case = Case::new().env("MAKEGOOD_TEST_AMQP", "amqp://x").env("MAKEGOOD_DEMO_AMQP", "amqp://x");
    case.env("MAKEGOOD_CONFIG", "").load().expect("valid");
}

#[test]
fn text_from_the_environment_stays_text() {
    let case = Case::new().env("MAKEGOOD_MAIL__SMTP__PASSWORD", "0123").env("MAKEGOOD_MAIL__SMTP__USER", "true");
    let case =
        case.flag("mail.transport", "smtp").flag("mail.smtp.host", "mx.b.org").flag("mail.from_address", "a@b.org");
    let MailTransport::Smtp(smtp) = case.load().expect("valid").mail.transport else { panic!("smtp") };
    let login = smtp.login.expect("a login");
    assert_eq!((login.user.as_str(), login.password.expose_secret()), ("true", "0123"));
    assert_eq!((smtp.port, smtp.tls), (587, SmtpTls::Required));
}

#[test]
fn all_findings_come_at_once_with_key_and_layer() {
    let text =
        "[broker]\nprefech = 1\nprefetch = '5'\nqueue = 7\n\n[http]\nlisten = [1]\n[stor]\nurl = 'x'\n[shutdown]\n";
    let case = Case::new().file(text).env("MAKEGOOD_INTAKE__POLL", "soon").env("MAKEGOOD_INTAKE__POL", "1s");
    let case = case.flag("mail.connections", "many").env("MAKEGOOD_HTTP_LISTEN", "127.0.0.1:1");
    assert_eq!(
        case.findings(),
        [
            "broker.prefech: unknown key; did you mean broker.prefetch? (file makegood.toml, line 2)",
            "broker.prefetch: a whole number expected, text in quotes found (file makegood.toml, line 3)",
            "broker.queue: text in quotes expected, a whole number found (file makegood.toml, line 4)",
            "http.listen: text in quotes expected, a list found (file makegood.toml, line 7)",
            "http_listen: unknown key; did you mean http.listen? (environment MAKEGOOD_HTTP_LISTEN)",
            "intake.pol: unknown key; did you mean intake.poll? (environment MAKEGOOD_INTAKE__POL)",
            "intake.poll: a duration expected, as \"250ms\", \"30s\", \"5m\", \"4h\" or \"5d\" (environment \
             MAKEGOOD_INTAKE__POLL)",
            "mail.connections: a whole number expected (command line)",
            "stor.url: unknown key; did you mean store.url? (file makegood.toml, line 9)",
        ]
    );
}

#[test]
fn broken_files_are_findings_without_their_text() {
    for (text, expected) in [
        ("[store]\nurl = \"postgres://u:hunter2@h/d\n", "line 2"),
        ("url = hunter2", "line 1"),
        ("[store]\nurl = 'a'\nurl = 'hunter2'\n", "line 3"),
        ("store = 5", "is a section, not a value: a whole number found"),
        ("[http]\nlisten = 1.5", "a number with a fraction"),
        ("[intake]\nbody_bytes_max = 99999999999999999999", "a number beyond 64 bits"),
        ("[nothing]\n", "unknown key"),
    ] {
        let findings = Case::new().file(text).findings().join("\n");
        assert!(findings.contains(expected), "{text}: {findings}");
        assert!(!findings.contains("hunter2"), "{findings}");
    }
    let mut case = Case::new();
    case.sources.file = Some("/nowhere/makegood.toml".into());
    assert!(case.findings().concat().starts_with("file /nowhere/makegood.toml: cannot be read"));
}

/// What a class leaves empty is that of [mail].
#[test]
fn a_class_of_notices_may_have_a_sender_of_its_own() {
    let text = "[mail]\nfrom_name = 'M'\nfrom_address = 'a@b.org'\nreply_to = 'help@b.org'\n\
                [mail.classes.declines]\nfrom_name = 'Clients'\nenvelope_sender = 'bounce@b.org'\n";
    let mail = Case::new().file(text).load().expect("valid").mail;
    assert_eq!(mail.classes.returns, mail.classes.applications);
    let declines = mail.classes.declines;
    assert_eq!((declines.from_name.as_str(), declines.from_address.as_str()), ("Clients", "a@b.org"));
    assert_eq!((declines.reply_to.as_deref(), declines.envelope_sender.as_str()), (Some("help@b.org"), "bounce@b.org"));
    assert_eq!(
        (mail.classes.returns.from_name.as_str(), mail.classes.returns.envelope_sender.as_str()),
        ("M", "a@b.org")
    );
}

/// Each combination that must not start, and a word of the finding.
#[test]
fn values_out_of_range_and_combinations_are_findings() {
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("broker.prefetch", "0")], "broker.prefetch: 0 is out of range: 1 to 65535"),
        (&[("broker.prefetch", "100")], "broker.batch_max: 256 is more than broker.prefetch (100)"),
        (&[("broker.heartbeat", "1500ms")], "broker.heartbeat: whole seconds"),
        (&[("broker.heartbeat", "0s")], "broker.heartbeat: 0s is out of range"),
        (&[("broker.reconnect_first", "1m")], "broker.reconnect_first: is more than broker.reconnect_longest"),
        (&[("broker.reconnect_longest", "100ms")], "broker.reconnect_longest: is less than broker.reconnect_first"),
        (&[("broker.url", "amqp://u:p@rabbit.internal/v")], "broker.url: amqp:// to another machine"),
        (&[("broker.url", "http://127.0.0.1")], "broker.url: amqp:// or amqps://"),
        (&[("broker.queue", "amq.x")], "broker.queue: begins with"),
        (&[("broker.queue", "")], "broker.queue: must be set"),
        (&[("broker.dead_queue", "makegood.events")], "broker.dead_queue: is the same"),
        (&[("broker.ca_file", "/nowhere.pem")], "broker.ca_file: /nowhere.pem is not a file"),
        (&[("store.url", "mysql://x")], "store.url: sqlite:PATH or"),
        (&[("store.url", "")], "store.url: sqlite:PATH or"),
        (&[("store.inline_proposals_max", "5000")], "store.inline_proposals_max: is more than"),
        (&[("store.lock_timeout", "1m")], "store.lock_timeout: is more than store.statement_timeout"),
        (&[("store.migrate_at_start", "maybe")], "store.migrate_at_start: is none of \"auto\", \"yes\", \"no\""),
        (&[("intake.body_bytes_max", "16777217")], "intake.body_bytes_max: 16777217 is out of range"),
        (&[("http.listen", "0.0.0.0:9464")], "http.listen: is not the loopback"),
        (&[("http.listen", "localhost:9464")], "http.listen: an address and a port"),
        (&[("mail.from_address", "Jane <jane@x.org>")], "mail.from_address: an address expected"),
        (&[("mail.from_address", "jane@x.org\r\nBcc: a@b.c")], "mail.from_address: has a line break"),
        (&[("mail.from_name", "a\nb")], "mail.from_name: has a line break"),
        (&[("mail.help_url", "javascript:alert(1)")], "mail.help_url: a page"),
        (&[("mail.transport", "pigeon")], "mail.transport: is none of"),
        (&[("mail.transport", "smtp")], "mail.smtp.host: must be set"),
        (&[("mail.transport", "smtp")], "mail.from_address: is a placeholder"),
        (
            &[("mail.transport", "smtp"), ("mail.smtp.tls", "none"), ("mail.smtp.host", "mx.org")],
            "mail.smtp.tls: \"none\"",
        ),
        (&[("mail.transport", "smtp"), ("mail.smtp.user", "u")], "mail.smtp.password: must be set"),
        (&[("mail.transport", "smtp"), ("mail.lease", "6m")], "mail.lease: is less than twice"),
        (&[("mail.transport", "smtp"), ("mail.smtp.data_timeout", "6m")], "mail.smtp.data_timeout: is more than"),
        (
            &[("mail.transport", "smtp"), ("mail.classes.declines.from_address", "a@b.example")],
            "mail.classes.declines.from_address: is a placeholder",
        ),
        (&[("mail.classes.returns.reply_to", "help")], "mail.classes.returns.reply_to: an address expected"),
        (&[("mail.dkim.key", "x")], "mail.dkim.domain: must be set"),
        (&[("mail.dkim.domain", "b.org"), ("mail.dkim.selector", "s")], "mail.dkim.key: must be set"),
        (&[("mail.limits.ramp_per_minute", "60")], "mail.limits.ramp_per_minute: leads to no rate"),
        (&[("mail.limits.domain_connections", "65")], "mail.limits.domain_connections: 65 is out of range"),
        (&[("mail.retry_longest", "6d")], "mail.retry_longest: is more than mail.give_up_after"),
        (&[("log.level", "loud")], "log.level: is neither"),
        (&[("shutdown.grace", "0s")], "shutdown.grace: 0s is out of range"),
        (&[("policy.file", "/nowhere.toml")], "policy.file: /nowhere.toml is not a file"),
        (&[("log.level", "\u{fffd}")], "log.level: is not UTF-8"),
    ];
    for (flags, expected) in cases {
        let case = flags.iter().fold(Case::new(), |case, (key, value)| case.flag(key, value));
        let findings = case.findings();
        assert!(findings.iter().any(|finding| finding.starts_with(expected)), "{flags:?}: {findings:#?}");
    }
}

#[test]
fn what_would_open_the_console_by_mistake_is_a_finding() {
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("console.loopback_role", "boss")], "console.loopback_role: is none of \"none\", \"viewer\""),
        (&[("console.proxy_header", "X-Forwarded-User")], "console.proxy_header: needs console.proxy_from"),
        (&[("console.proxy_header", "X User")], "console.proxy_header: the name of a header"),
        (&[("console.proxy_from", "everywhere")], "console.proxy_from: everywhere is neither"),
        (&[("console.proxy_from", "10.0.0.1, 0.0.0.0/0")], "console.proxy_from: 0.0.0.0/0 is everybody"),
        (&[("console.proxy_from", "::/0")], "console.proxy_from: ::/0 is everybody"),
        (&[("console.proxy_groups_header", "Groups")], "console.proxy_groups_header: says nothing without"),
        (&[("console.proxy_roles", "sre=admin")], "console.proxy_roles: says nothing without"),
        (&[("console.proxy_roles", "sre")], "console.proxy_roles: sre: group=role"),
        (
            &[("console.proxy_header", "X-User"), ("console.proxy_from", "10.0.0.1")],
            "console.proxy_role: or console.proxy_roles must say",
        ),
        (&[("console.public_url", "http://makegood.example")], "console.public_url: https:// and a host"),
        (&[("console.public_url", "https://makegood.example/x")], "console.public_url: https:// and a host"),
        (&[("console.session_idle", "2d")], "console.session_idle: 2days is out of range"),
        (&[("console.session_longest", "10m")], "console.session_longest: is less than console.session_idle"),
        (&[("console.acts_per_minute", "0")], "console.acts_per_minute: 0 is out of range"),
        (&[("http.tls_cert_file", "/nowhere.pem")], "http.tls_cert_file: /nowhere.pem is not a file"),
        (&[("http.tls_key_file", "/etc/hostname")], "http.tls_cert_file: certificate and key are set together"),
    ];
    for (flags, expected) in cases {
        let case = flags.iter().fold(Case::new(), |case, (key, value)| case.flag(key, value));
        let findings = case.findings();
        assert!(findings.iter().any(|finding| finding.starts_with(expected)), "{flags:?}: {findings:#?}");
    }
}

#[test]
fn what_must_be_possible_is() {
    let cases: &[&[(&str, &str)]] = &[
        &[("broker.url", "amqps://u:p@rabbit.internal/v")],
        &[("broker.url", "amqp://u:p@rabbit.internal/v"), ("broker.allow_plaintext", "true")],
        &[("broker.url", "amqp://u:p@[::1]:5673/%2f")],
        &[("broker.url", "amqp://LOCALHOST")],
        &[("http.listen", "0.0.0.0:9464"), ("http.allow_public", "true")],
        &[("http.listen", "[::1]:0")],
        &[
            ("console.proxy_from", "10.0.0.1, 10.1.0.0/16, fd00::/8"),
            ("console.proxy_header", "Remote-User"),
            ("console.proxy_role", "viewer"),
        ],
        &[("console.users_file", "not/there/yet"), ("console.tokens_file", "nor/this")],
        &[("broker.prefetch", "1"), ("broker.batch_max", "1"), ("broker.batch_linger", "200ms")],
        &[("store.url", "postgres://u:p@db.internal/makegood")],
        &[("log.level", "info,makegood::store=debug"), ("log.format", "json")],
        &[("shutdown.grace", "1m 30s")],
    ];
    for flags in cases {
        let case = flags.iter().fold(Case::new(), |case, (key, value)| case.flag(key, value));
        case.load().unwrap_or_else(|error| panic!("{flags:?}: {error}"));
    }
    let case = Case::new().flag("store.url", "postgres://u:p@db.internal/makegood");
    assert!(!case.load().expect("valid").store.migrate_at_start);
}

#[test]
fn secrets_come_from_files() {
    let case = Case::new();
    let path = case.write("url", "postgres://u:hunter2@h/d\n").display().to_string();
    let case = case.env("MAKEGOOD_STORE__URL_FILE", &path);
    let config = case.load().expect("valid");
    assert_eq!(config.store.url.expose_secret(), "postgres://u:hunter2@h/d");
    assert_eq!(layer(&config, "store.url"), format!("environment MAKEGOOD_STORE__URL_FILE, through {path}"));
    // What stands higher wins, whichever of the twins it is.
    let case = case.flag("store.url", "sqlite:x.db");
    assert_eq!(case.load().expect("valid").store.url.expose_secret(), "sqlite:x.db");

    for (content, expected) in [(&b""[..], "is empty"), (b"\n", "is empty"), (b"\xff", "is not UTF-8")] {
        let case = Case::new();
        let path = case.write("url", content).display().to_string();
        let findings = case.flag("store.url_file", &path).findings();
        assert_eq!(findings, [format!("store.url_file: url: {expected} (command line)")]);
    }
    let findings = Case::new().flag("store.url_file", "/nowhere").flag("store.url", "sqlite:x").findings();
    assert_eq!(findings, ["store.url_file: is set together with store.url: one of them must go (command line)"]);
}

#[test]
fn credentials_stand_between_file_and_environment() {
    let mut case = Case::new().file("[store]\nurl = 'sqlite:file.db'");
    case.write("store.url", "postgres://u:hunter2@h/d\n");
    case.sources.credentials_dir = Some(case.folder.path().to_owned());
    let config = case.load().expect("valid");
    assert_eq!(config.store.url.expose_secret(), "postgres://u:hunter2@h/d");
    assert!(layer(&config, "store.url").starts_with("credential "));
    let case = case.env("MAKEGOOD_STORE__URL", "sqlite:env.db");
    assert_eq!(case.load().expect("valid").store.url.expose_secret(), "sqlite:env.db");
}

#[test]
fn no_secret_is_shown() {
    let case =
        Case::new().file("[broker]\nurl = 'amqps://u:hunter2@h/v'\n[mail.smtp]\nuser = 'u'\npassword = 'hunter2'\n");
    let case = case.env("MAKEGOOD_STORE__URL", "postgres://u:hunter2@h/d?password=hunter2");
    let case =
        case.flag("mail.transport", "smtp").flag("mail.smtp.host", "mx.b.org").flag("mail.from_address", "a@b.org");
    let config = case.load().expect("valid");
    for shown in [config.show(), config.show_json().to_string(), format!("{config:?}")] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    assert!(config.show().contains("url = \"amqps://u:***@h/v\" # file "), "{}", config.show());
    // A finding about a secret does not repeat it.
    let findings = Case::new().flag("broker.url", "hunter2").flag("store.url", "hunter2").findings().concat();
    assert!(!findings.contains("hunter2"), "{findings}");
}

#[test]
fn what_is_shown_can_be_read_again() {
    let config = Case::new().flag("mail.from_name", "\"Q\" \\ #").flag("broker.prefetch", "600").load().expect("valid");
    let again = Case::new().file(&config.show()).load().expect("valid");
    assert_eq!((again.mail.from_name.as_str(), again.broker.prefetch), ("\"Q\" \\ #", 600));
    let keys = |config: &Config| -> BTreeSet<String> {
        config.show_json().as_object().expect("an object").keys().cloned().collect()
    };
    assert_eq!(keys(&config), keys(&again));
}

#[test]
fn only_our_part_of_the_environment_is_taken() {
    let vars = [("PATH", "/bin"), ("MAKEGOOD_LOG__LEVEL", "warn")].map(|(name, value)| (name.into(), value.into()));
    assert_eq!(Sources::environment(vars.into_iter()), [("MAKEGOOD_LOG__LEVEL".to_owned(), "warn".to_owned())]);
}
