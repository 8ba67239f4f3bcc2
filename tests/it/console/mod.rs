//! The operator console in a real browser, over a real daemon with PostgreSQL, RabbitMQ and a mail server.

mod amends;
mod hostile;
mod keyboard;
mod many;
mod pages;
mod stories;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use makegood::store::{Store, StoreOptions, open};
use serde_json::{Value, json};

use crate::pipeline::market::{Market, bytes, canceled, message};
use crate::pipeline::stage::{DEADLINE, Stage};
use crate::support::browser::Browser;
use crate::support::daemon::{Daemon, Settings};
use crate::support::http::{Answer, exchange};
use crate::support::wait;

/// Run in the page: what is wrong with it.
const LOOK: &str = include_str!("page.js");

/// Job whose event dies because nobody knows it yet.
const LATE_JOB: &str = "job-late";

/// A daemon with something to look at, and somebody who looks. Daemons go first.
pub struct Scene {
    pub daemon: Daemon,
    pub browser: Browser,
    pub stage: Stage,
    pub address: String,
}

impl Scene {
    /// On the production parts: three jobs were canceled and their people told; five messages are dead letters.
    pub async fn with(role: &str, settings: impl FnOnce(Settings, &Path) -> Settings) -> Self {
        let stage = Stage::production(&Market::new(4).jobs(4)).await;
        let base = stage
            .settings()
            .set("console.loopback_role", role)
            .set("console.requests_per_minute", 100_000)
            .set("dlq.poll", "50ms")
            .set("intake.wait_first", "20ms")
            .set("intake.wait_attempts_max", 1);
        let mut daemon = Daemon::start_ready(&settings(base, stage.folder.path()), "console").await;
        let address = daemon.http().await;
        let scene = Self { daemon, browser: Browser::start().await, stage, address };
        scene.publish().await;
        scene
    }

    /// The same for whoever has this role.
    pub async fn of(role: &str) -> Self {
        Self::with(role, |settings, _| settings).await
    }

    async fn publish(&self) {
        let odd = |id: &str, kind: &str, data: Value| {
            let event = json!({
                "specversion": "1.0", "id": id, "source": "/marketplace", "type": kind, "time": "2025-06-10T12:00:00Z",
                "data": data,
            });
            bytes("job-canceled", event.to_string().into_bytes())
        };
        let weather = json!({ "job_id": "job-3", "cause": "weather", "note": "wording-of-a-client" });
        let mut messages: Vec<_> =
            (0..3).map(|n| message(&canceled(&format!("event-{n}"), &format!("job-{n}")))).collect();
        self.stage.publish(std::mem::take(&mut messages)).await;
        self.stage.until_applied(&self.daemon, 3).await;
        messages.push(message(&canceled("late-1", LATE_JOB)));
        messages.push(odd("renamed-1", "job-renamed", json!({ "job_id": "job-3" })));
        messages.push(odd("weather-1", "job-canceled", weather));
        messages.push(message(&canceled("event-0", "job-3")));
        messages.push(bytes("job-canceled", b"no JSON at all".to_vec()));
        self.stage.publish(messages).await;
        self.stage.until_count(&self.daemon, "dead_letters", 5).await;
    }

    /// The facts that the late event waited for.
    pub async fn load_the_late_job(&self) {
        let store = self.store().await;
        let facts = Market::new(1).job(LATE_JOB, "client-late", [1]).facts;
        let late = makegood::store::ImportBatch {
            clients: facts.clients,
            jobs: facts.jobs,
            proposals: facts.proposals,
            entries: facts.entries.into_iter().filter(|entry| entry.amount < 0).collect(),
            ..makegood::store::ImportBatch::default()
        };
        store.import(&late).await.expect("imported");
        store.close().await;
    }

    /// The database, beside the daemon.
    pub async fn store(&self) -> Arc<dyn Store> {
        let options = StoreOptions {
            url: self.stage.database().into(),
            connections_max: 2,
            acquire_timeout: DEADLINE,
            statement_timeout: DEADLINE,
            lock_timeout: DEADLINE,
            inline_proposals_max: 500,
            batch_proposals_max: 4_000,
            chunk_accounts: 1_000,
            announces: false,
            exclusive: false,
        };
        open(options).await.expect("the store opens")
    }

    /// Number of the dead letter with this code.
    pub async fn letter(&self, code: &str) -> i64 {
        let sql = format!("select cast(dead_letter_no as text) from dead_letters where code = '{code}'");
        self.stage.rows(&sql).await.first().unwrap_or_else(|| panic!("no letter {code}")).parse().expect("a number")
    }

    /// The token of the forms, as a page shows it.
    pub async fn csrf(&self) -> String {
        let answer = self.get("/letters/plan");
        answer.field("csrf").to_owned()
    }

    /// Asks beside the browser.
    pub fn get(&self, path: &str) -> Answer {
        let head = [format!("GET {path} HTTP/1.1"), format!("host: {}", self.address), "accept: text/html".to_owned()];
        exchange(&self.address, &head, b"")
    }

    /// Posts a form beside the browser.
    pub async fn post(&self, path: &str, csrf: &str, form: &str) -> Answer {
        let answer = self.try_post(path, csrf, form);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer
    }

    /// The same, whatever comes of it.
    pub fn try_post(&self, path: &str, csrf: &str, form: &str) -> Answer {
        let head = [
            format!("POST {path} HTTP/1.1"),
            format!("host: {}", self.address),
            format!("origin: {}", self.url("")),
            "content-type: application/x-www-form-urlencoded".to_owned(),
        ];
        exchange(&self.address, &head, format!("csrf={csrf}&{form}").as_bytes())
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Goes to a page.
    pub async fn visit(&self, path: &str) {
        self.browser.visit(&self.url(path)).await;
    }

    /// What the page says.
    pub async fn text(&self) -> String {
        self.browser.ask("return document.body.innerText").await.as_str().expect("text").to_owned()
    }

    /// Waits until the page says this, without anybody touching it.
    pub async fn until_said(&self, words: &str) {
        let mut last = String::new();
        let said = wait::answer(DEADLINE, async || {
            last = self.text().await;
            last.contains(words).then_some(())
        });
        assert!(said.await.is_some(), "{words:?} is never said; last:\n{last}");
    }

    /// Fills a field of the form with this action, and none of another's.
    pub async fn fill(&self, action: &str, field: &str, text: &str) {
        self.browser.fill(&format!("form[action=\"{action}\"] [name=\"{field}\"]"), text).await;
    }

    /// Presses the button of the form with this action, and waits for the next page.
    pub async fn send(&self, action: &str) {
        self.browser.click(&format!("form[action=\"{action}\"] button")).await;
    }

    /// Closes the browser, then the daemon.
    pub async fn end(self) {
        self.browser.end().await;
        drop(self.daemon);
    }
}

/// Where the pictures stay.
pub fn shots() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/console-shots");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// What is wrong with the page that is open, in a window this wide.
pub async fn findings(browser: &Browser, name: &str, width: u32, dark: bool) -> Vec<String> {
    /// Of a page, this many findings are told: one that is too wide has many.
    const TOLD_MAX: usize = 6;
    browser.look(width, dark).await;
    let seen = browser.ask(LOOK).await;
    let told = seen.as_array().expect("a list").iter().filter_map(Value::as_str);
    told.take(TOLD_MAX)
        .map(|finding| format!("{name} at {width}{}: {finding}", if dark { ", dark" } else { "" }))
        .collect()
}
