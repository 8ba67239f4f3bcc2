//! The operator console over HTTP: the real daemon, on SQLite, without a broker.

mod browser;
mod ground;
mod letting;
mod limits;
mod proxies;
mod roles;
mod sessions;
mod tls;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use makegood::admin::console::records::change;
use makegood::admin::console::tokens::Token;
use makegood::admin::console::users::User;
use makegood::admin::console::{Role, password};
use tempfile::TempDir;
use time::macros::date;

use crate::support::daemon::{Daemon, Settings};
use crate::support::http::{Answer, exchange};
use crate::support::wait;

/// Longest start of a debug build on a busy machine, migrations included.
const DEADLINE: Duration = Duration::from_secs(60);
/// The password of every user.
pub const PASSWORD: &str = "correct-horse-battery";
/// A form's kind.
pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Headers that every answer has, whatever it is, beside a `Content-Security-Policy` that begins with nothing.
const ALWAYS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("x-robots-tag", "noindex, nofollow"),
];

/// Looks at what every answer must have. What hyper itself refuses, before there is a request, has a status alone.
fn check(request: &str, answer: &Answer) {
    if answer.body.is_empty() && [400, 414, 431].contains(&answer.status) {
        return;
    }
    for (name, value) in ALWAYS {
        assert_eq!(answer.header(name), Some(value), "{request}: {answer:?}");
    }
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'"), "{request}: {policy}");
    assert!(["no-store", "no-cache"].contains(&answer.header("cache-control").expect("a rule")), "{request}");
    assert_eq!(answer.header("server"), None, "{request}");
}

/// A token of each role, in the file `tokens` of this folder.
pub fn tokens(folder: &Path) -> Vec<(Role, String)> {
    let one = |role: Role| {
        let (token, secret) = Token::issue(role, date!(9999 - 12 - 31));
        change(&folder.join("tokens"), role.as_str(), Some(&token.fields())).expect("a token");
        (role, secret)
    };
    Role::ALL.map(one).to_vec()
}

/// Gives a file another mode.
pub fn chmod(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("set");
}

/// A running daemon, and who asks it.
pub struct Stand {
    pub daemon: Daemon,
    pub address: String,
    folder: TempDir,
}

impl Stand {
    /// With what `settings` adds.
    pub async fn with(settings: impl FnOnce(Settings, &Path) -> Settings) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = format!("sqlite:{}", folder.path().join("makegood.db").display());
        let base = Settings::new(folder.path()).store(&store).broker("amqp://127.0.0.1:1");
        let base = base.mail_folder(&folder.path().join("mail"));
        let mut daemon = Daemon::start(&settings(base, folder.path()), "console");
        let address = daemon.http().await;
        let migrated = wait::answer(DEADLINE, async || {
            let ready = exchange(&address, &["GET /ready HTTP/1.1".to_owned(), "host: x".to_owned()], b"");
            (ready.json()["database"] == true).then_some(())
        });
        assert!(migrated.await.is_some(), "no database:\n{}", daemon.log_tail());
        Self { daemon, address, folder }
    }

    /// As it is without a word of configuration.
    pub async fn plain() -> Self {
        Self::with(|settings, _| settings).await
    }

    /// Where its files lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Sends a request with these headers, and `Host` as a browser would unless they name another.
    pub fn send(&self, request: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut head = vec![format!("{request} HTTP/1.1")];
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head.push(format!("host: {}", self.address));
        }
        head.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        let answer = exchange(&self.address, &head, body.as_bytes());
        check(request, &answer);
        answer
    }

    /// With a user of each role, named as the role is, and with this password.
    pub async fn with_users(settings: impl FnOnce(Settings, &Path) -> Settings) -> Self {
        let hash = password::hash(PASSWORD).expect("hashed");
        Self::with(|base, folder| {
            let file = folder.join("users");
            for role in Role::ALL {
                change(&file, role.as_str(), Some(&User { role, hash: hash.clone() }.fields())).expect("a user");
            }
            settings(base.set("console.users_file", file.display()), folder)
        })
        .await
    }

    /// Tries to log in, as the form of the login page does.
    pub fn log_in(&self, name: &str, password: &str) -> Answer {
        let origin = format!("http://{}", self.address);
        let headers = [("origin", origin.as_str()), FORM, ("sec-fetch-site", "same-origin"), ("accept", "text/html")];
        self.send("POST /login", &headers, &format!("name={name}&password={password}&next=%2F"))
    }

    /// Logs in; the cookie as it goes back.
    pub fn cookie(&self, name: &str) -> String {
        let answer = self.log_in(name, PASSWORD);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")), "{answer:?}");
        answer.header("set-cookie").expect("a cookie").split(';').next().expect("a pair").to_owned()
    }

    /// Posts a form as a page of ours does, with this cookie.
    pub fn post(&self, path: &str, cookie: &str, form: &str) -> Answer {
        let origin = format!("http://{}", self.address);
        let headers = [("origin", origin.as_str()), FORM, ("cookie", cookie), ("accept", "text/html")];
        self.send(&format!("POST {path}"), &headers, form)
    }

    /// What the daemon has said.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.daemon.log()).expect("a log")
    }

    /// `GET`, as a browser that takes HTML.
    pub fn page(&self, path: &str) -> Answer {
        self.send(&format!("GET {path}"), &[("accept", "text/html,*/*")], "")
    }
}
