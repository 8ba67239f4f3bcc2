//! `makegood health` against a running daemon, and against nothing.

use super::{Desk, Ran, signal};
use crate::support::rabbit::{Vhost, until};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Stdio};

/// A daemon that is killed with the test, if it did not end before.
pub struct Daemon(Child);

impl Daemon {
    /// Asks it to stop; its exit code.
    pub fn stop(mut self) -> Option<i32> {
        signal("-TERM", self.0.id());
        self.0.wait().expect("ended").code()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Fails where it has ended already, as it should.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts the daemon and reads from its log where it listens.
pub fn start(desk: &Desk) -> (Daemon, String) {
    let settings = ["--set", "http.listen=127.0.0.1:0", "--set", "broker.declare_topology=true"];
    let mut child = desk.command().arg("run").args(settings).stderr(Stdio::piped()).spawn().expect("started");
    let mut log = BufReader::new(child.stderr.take().expect("stderr")).lines();
    let address = log.find_map(|line| {
        let line: Value = serde_json::from_str(&line.expect("text")).expect("JSON");
        line["http"].as_str().map(str::to_owned)
    });
    // Read on, or the daemon would wait for a full pipe.
    std::thread::spawn(move || log.for_each(drop));
    (Daemon(child), address.expect("the log says where it listens"))
}

#[tokio::test]
async fn a_running_daemon_is_ready() {
    let vhost = Vhost::create();
    let desk = Desk::new().env("MAKEGOOD_BROKER__URL", &vhost.url());
    let (daemon, address) = start(&desk);
    until("the daemon is ready", || desk.run(&["health", "--address", &address]).code == Some(0)).await;
    assert_eq!(desk.run(&["health", "--address", &address]).done(), "ready\n");
    assert_eq!(desk.run(&["health", "--set", &format!("http.listen={address}")]).done(), "ready\n");
    assert_eq!(desk.run(&["health", "--json", "--address", &address]).json(0)["ready"], true);
    // With an address it needs no configuration, so a broken one does not matter.
    assert_eq!(desk.run(&["health", "--address", &address, "-c", "none.toml"]).done(), "ready\n");
    assert_eq!(daemon.stop(), Some(0));
    desk.run(&["health", "--address", &address]).failed(1, &["no daemon answers at", &address]);
}

#[tokio::test]
async fn a_daemon_without_its_broker_is_not_ready() {
    let desk = Desk::new().env("MAKEGOOD_BROKER__URL", "amqp://127.0.0.1:1");
    let (daemon, address) = start(&desk);
    let says = |ran: Ran| ran.code == Some(1) && ran.stdout == "not ready; does not work: broker\n";
    until("the database answers", || says(desk.run(&["health", "--address", &address]))).await;
    assert_eq!(desk.run(&["health", "--json", "--address", &address]).json(1)["broker"], false);
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn something_else_that_answers_is_no_daemon() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let answering = std::thread::spawn(move || {
        use std::io::Write;
        let (mut stream, _) = listener.accept().expect("a client");
        let mut request = String::new();
        while !request.ends_with("\r\n\r\n") {
            let mut reader = BufReader::new(&stream);
            while !request.ends_with("\r\n\r\n") {
                assert!(reader.read_line(&mut request).expect("a line") > 0, "closed early");
            }
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello").expect("written");
    });
    Desk::new().run(&["health", "--address", &address]).failed(1, &[&address, "is no makegood"]);
    answering.join().expect("answered");
}

/// sd_notify(3): ready once signals are heeded, signs of life within the watchdog's time, stopping before the end.
#[tokio::test]
async fn systemd_is_told() {
    let vhost = Vhost::create();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notify");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(crate::support::rabbit::DEADLINE)).expect("set");
    let until = |wanted: &[&str]| {
        let mut missing: Vec<&str> = wanted.to_vec();
        let mut buffer = [0; 1_024];
        while !missing.is_empty() {
            let length = socket.recv(&mut buffer).unwrap_or_else(|error| panic!("{missing:?} was not told: {error}"));
            let told = String::from_utf8_lossy(&buffer[..length]).into_owned();
            missing.retain(|word| !told.lines().any(|line| line == *word));
        }
    };
    let desk = Desk::new()
        .env("MAKEGOOD_BROKER__URL", &vhost.url())
        .env("NOTIFY_SOCKET", &path.display().to_string())
        .env("WATCHDOG_USEC", "2000000");
    let (daemon, _) = start(&desk);
    until(&["READY=1", "WATCHDOG=1", "STATUS=consuming"]);
    until(&["WATCHDOG=1"]);
    assert_eq!(daemon.stop(), Some(0));
    until(&["STOPPING=1"]);
}
