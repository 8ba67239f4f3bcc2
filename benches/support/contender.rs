//! Who does the work: the daemon, or a worker that somebody might run instead.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::process::Used;
use crate::harness::daemon::{Daemon, Settings};
use crate::harness::wait;

/// From which queue.
pub const QUEUE: &str = "makegood.events";

/// What a peer says.
const PEER_LOG: &str = "peer.log";

/// How long a worker has for its end.
const GRACE: Duration = Duration::from_mins(1);

/// How long a peer has: what was measured is done, and it may be at letters that nobody waits for.
const PEER_GRACE: Duration = Duration::from_secs(10);

/// Who.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contender {
    /// `makegood run`, release build, as configured by default.
    Makegood,
    /// `benches/peers/asyncio/worker.py`.
    Asyncio,
}

impl Contender {
    /// As in tables and in `MAKEGOOD_BENCH_WHO`.
    pub fn name(self) -> &'static str {
        match self {
            Contender::Makegood => "makegood",
            Contender::Asyncio => "asyncio",
        }
    }
}

/// Where everything is.
#[derive(Debug, Clone)]
pub struct Place {
    /// The daemon's settings; migrates the database and declares the topology.
    pub settings: Settings,
    /// URL of the database.
    pub database: String,
    /// URL of the vhost.
    pub broker: String,
    /// The mail server, as `host:port`.
    pub mail: String,
}

/// A worker that runs.
pub struct Worker {
    process: Process,
    /// What a peer says.
    log: PathBuf,
    used: Used,
}

enum Process {
    Daemon(Box<Daemon>),
    Peer(Peer),
}

/// Killed when the value goes away, as the daemon is.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Worker {
    /// Starts it.
    pub fn start(who: Contender, place: &Place, folder: &Path) -> Self {
        Self::named(who, place, folder, 0)
    }

    /// As [`Worker::start`], where several run in one folder.
    pub fn named(who: Contender, place: &Place, folder: &Path, number: usize) -> Self {
        let process = match who {
            Contender::Makegood => {
                Process::Daemon(Box::new(Daemon::start(&place.settings, &format!("daemon-{number}"))))
            }
            Contender::Asyncio => Process::Peer(Peer(peer(place, folder))),
        };
        Self { process, log: folder.join(PEER_LOG), used: Used::default() }
    }

    /// Looks at what it uses; it must not have ended.
    pub fn look(&mut self) {
        match &mut self.process {
            Process::Daemon(daemon) => {
                assert!(daemon.exited().is_none(), "the daemon ended:\n{}", daemon.log_tail());
                self.used.look_at(&daemon.pid().to_string());
            }
            Process::Peer(Peer(child)) => {
                assert!(child.try_wait().expect("it can be asked").is_none(), "the peer ended");
                self.used.look_at(&child.id().to_string());
            }
        }
    }

    /// Waits until the daemon is ready; a peer's queue has a consumer then.
    pub async fn ready(&mut self) {
        match &mut self.process {
            Process::Daemon(daemon) => daemon.ready().await,
            Process::Peer(_) => {
                wait::until("the peer is ready", GRACE, async || {
                    std::fs::read_to_string(&self.log).is_ok_and(|log| log.contains("ready"))
                })
                .await;
            }
        }
    }

    /// A page of the daemon's HTTP; a peer has none.
    pub async fn page(&mut self, path: &str) -> String {
        match &mut self.process {
            Process::Daemon(daemon) => daemon.page(path).await,
            Process::Peer(_) => String::new(),
        }
    }

    /// Stops it; what it used.
    pub async fn stop(mut self) -> Used {
        self.look();
        match &mut self.process {
            Process::Daemon(daemon) => drop(daemon.terminate(GRACE).await),
            Process::Peer(Peer(child)) => {
                let asked = Command::new("kill").arg(child.id().to_string()).status().expect("kill runs");
                assert!(asked.success());
                let ended = async || child.try_wait().expect("it can be asked");
                if wait::answer(PEER_GRACE, ended).await.is_none() {
                    child.kill().expect("a signal can be sent");
                    drop(child.wait());
                }
            }
        }
        self.used
    }
}

fn peer(place: &Place, folder: &Path) -> Child {
    let python = crate::harness::service("MAKEGOOD_BENCH_PYTHON");
    let log = std::fs::File::create(folder.join(PEER_LOG)).expect("a log file");
    Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/asyncio/worker.py"))
        .env_clear()
        .env("PEER_AMQP", &place.broker)
        .env("PEER_QUEUE", QUEUE)
        .env("PEER_POSTGRES", &place.database)
        .env("PEER_SMTP", &place.mail)
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a second handle"))
        .stderr(log)
        .spawn()
        .expect("Python starts")
}
