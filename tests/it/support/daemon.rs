//! The real program as a child process: started from an environment, watched by its log, killed or asked to stop.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::wait;

/// Longest start of a debug build on a busy machine, migrations included.
const START_DEADLINE: Duration = Duration::from_secs(60);

/// How to start it: nothing but an environment and a folder for logs.
#[derive(Debug, Clone)]
pub struct Settings {
    env: BTreeMap<String, String>,
    folder: PathBuf,
}

impl Settings {
    /// A daemon that listens on a free port of the loopback and keeps its logs, and its working directory, in `folder`.
    pub fn new(folder: &Path) -> Self {
        let settings = Settings { env: BTreeMap::new(), folder: folder.to_owned() };
        settings.set("log.format", "json").set("http.listen", "127.0.0.1:0")
    }

    /// Sets a key of the configuration (`mail.smtp.host`).
    pub fn set(mut self, key: &str, value: impl ToString) -> Self {
        let name = format!("MAKEGOOD_{}", key.replace('.', "__").to_uppercase());
        self.env.insert(name, value.to_string());
        self
    }

    /// The database, migrated at the start.
    pub fn store(self, url: &str) -> Self {
        self.set("store.url", url).set("store.migrate_at_start", "yes")
    }

    /// The broker, its topology declared at the start.
    pub fn broker(self, url: &str) -> Self {
        self.set("broker.url", url).set("broker.declare_topology", true)
    }

    /// Mail to an SMTP server without TLS.
    pub fn smtp(self, server: std::net::SocketAddr) -> Self {
        self.set("mail.transport", "smtp")
            .set("mail.smtp.host", server.ip())
            .set("mail.smtp.port", server.port())
            .set("mail.smtp.tls", "none")
            .set("mail.from_address", "connects@makegood.test")
    }

    /// Mail into a folder.
    pub fn mail_folder(self, folder: &Path) -> Self {
        self.set("mail.transport", "folder").set("mail.folder.path", folder.display())
    }

    /// Failpoints, as the crate `fail` writes them: `k5=100*off->return;plant-forget-returns=return`.
    pub fn failpoints(mut self, points: &str) -> Self {
        self.env.insert("FAILPOINTS".into(), points.into());
        self
    }

    /// The program with these settings and nothing else in its environment.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_makegood"));
        command.env_clear().envs(&self.env).current_dir(&self.folder).stdin(Stdio::null());
        command
    }
}

/// A running `makegood run`. Killed when the value goes away.
pub struct Daemon {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts it. Its output goes to `<folder>/<name>.log`.
    pub fn start(settings: &Settings, name: &str) -> Self {
        let log = settings.folder.join(format!("{name}.log"));
        let file = std::fs::File::create(&log).expect("a log file");
        let child = settings
            .command()
            .arg("run")
            .stdout(file.try_clone().expect("a second handle"))
            .stderr(file)
            .spawn()
            .expect("the program starts");
        Daemon { name: name.to_owned(), child, log }
    }

    /// Starts it and waits until it says that it is ready.
    pub async fn start_ready(settings: &Settings, name: &str) -> Self {
        let mut daemon = Self::start(settings, name);
        daemon.ready().await;
        daemon
    }

    /// Waits until `/ready` answers 200.
    pub async fn ready(&mut self) {
        self.http().await;
        let ready = wait::answer(START_DEADLINE, async || self.is_ready().then_some(())).await;
        assert!(ready.is_some(), "{} never became ready; its log ends:\n{}", self.name, self.log_tail());
    }

    /// Where its HTTP listens: from the log line that says so. Fails if the process ends instead.
    pub async fn http(&mut self) -> String {
        let log = self.log.clone();
        let mut ended = None;
        let address = wait::answer(START_DEADLINE, async || {
            ended = self.child.try_wait().expect("the child can be asked");
            let address = started(&log);
            (address.is_some() || ended.is_some()).then_some(address)
        })
        .await
        .flatten();
        address.unwrap_or_else(|| panic!("{} did not start ({ended:?}):\n{}", self.name, self.log_tail()))
    }

    /// The text of a page of its HTTP.
    pub async fn page(&mut self, path: &str) -> String {
        let address = self.http().await;
        get(&address, path).unwrap_or_else(|error| panic!("{} {path}: {error}", self.name))
    }

    /// Whether its log says that it has started.
    pub fn has_started(&self) -> bool {
        started(&self.log).is_some()
    }

    /// How it ended, if it has.
    pub fn exited(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("the child can be asked")
    }

    /// Waits for its end.
    pub async fn exit(&mut self, deadline: Duration) -> Option<ExitStatus> {
        wait::answer(deadline, async || self.exited()).await
    }

    /// SIGKILL. The signal that ended it: 9, unless it had ended before by itself.
    pub fn kill(&mut self) -> Option<i32> {
        self.child.kill().expect("a signal can be sent");
        self.child.wait().expect("it ends").signal()
    }

    /// Whether `/ready` answers 200 just now.
    pub fn is_ready(&self) -> bool {
        started(&self.log).is_some_and(|address| get(&address, "/ready").is_ok())
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name: `STOP`, `CONT`. Fails if nobody is there.
    pub fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status().expect("kill runs");
        assert!(sent.success(), "{} is no longer there:\n{}", self.name, self.log_tail());
    }

    /// SIGTERM, and how it ended. Fails if it is still there at the deadline.
    pub async fn terminate(&mut self, deadline: Duration) -> ExitStatus {
        self.signal("TERM");
        let status = self.exit(deadline).await;
        status.unwrap_or_else(|| panic!("{} ignores SIGTERM:\n{}", self.name, self.log_tail()))
    }

    /// The file with everything it said.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// The last lines it said.
    pub fn log_tail(&self) -> String {
        const LINES: usize = 15;
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended before; both calls then answer at once.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The address in the JSON line with message "started".
fn started(log: &Path) -> Option<String> {
    let text = std::fs::read_to_string(log).ok()?;
    text.lines().filter(|line| line.contains("started")).find_map(|line| {
        let line: Value = serde_json::from_str(line).ok()?;
        // tracing's JSON puts fields under "fields" unless it is told to flatten them.
        let fields = line.get("fields").unwrap_or(&line);
        (fields.get("message")? == "started").then(|| fields.get("http")?.as_str().map(str::to_owned)).flatten()
    })
}

fn get(address: &str, path: &str) -> Result<String, ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(5))).build().into();
    agent.get(format!("http://{address}{path}")).call()?.body_mut().read_to_string()
}
