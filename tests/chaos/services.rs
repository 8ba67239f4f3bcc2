//! A RabbitMQ and a PostgreSQL of this run's own. They are killed here: never those that others use.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::support::optional;

/// Set where the services in the environment were started for this run.
const OWNED: &str = "MAKEGOOD_CHAOS_OWNED";

/// Where they live, below the repository; another folder than that of `make services`.
const FOLDER: &str = "var/chaos";

/// The services in the environment are this run's own.
pub fn owned() -> bool {
    optional(OWNED).is_some()
}

/// What runs a program with mounts of its own, which go with it.
const UNSHARE: [&str; 2] = ["unshare", "--mount"];

/// Set to "yes" where this run has mounts of its own.
const MOUNTS: &str = "MAKEGOOD_CHAOS_MOUNTS";

/// Mounts made by this run are its own.
pub fn may_mount() -> bool {
    optional(MOUNTS).is_some_and(|word| word == "yes")
}

/// Runs this program once more, on services started for it and stopped after it, and with mounts of its own where the
/// system lets it: that takes root.
pub fn run_on_own() -> ExitCode {
    let may_mount =
        Command::new(UNSHARE[0]).args([UNSHARE[1], "true"]).output().is_ok_and(|test| test.status.success());
    let mut command = script();
    command.args(["run", "--"]).args(if may_mount { &UNSHARE[..] } else { &[] });
    command.arg(std::env::current_exe().expect("this program")).args(std::env::args_os().skip(1));
    command.env(MOUNTS, if may_mount { "yes" } else { "no" });
    for name in ["MAKEGOOD_TEST_AMQP", "MAKEGOOD_TEST_RABBIT_API", "MAKEGOOD_TEST_POSTGRES", "MAKEGOOD_DEMO_AMQP"] {
        command.env_remove(name);
    }
    let status = command.env(OWNED, "yes").status().expect("bash runs");
    // Also what an earlier run left that was ended in its middle: `run` stops only what it has started itself.
    script().arg("stop").status().expect("bash runs");
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// SIGKILL to every process of `rabbitmq` or `postgres`.
pub async fn crash(service: &'static str) {
    call(vec!["crash", service]).await;
}

/// Starts it again on its port with its data, and returns when it answers.
pub async fn resume(service: &'static str) {
    call(vec!["resume", service]).await;
}

/// `rabbitmqctl`.
pub async fn rabbitmqctl(arguments: &[&'static str]) {
    call([&["rabbitmqctl"], arguments].concat()).await;
}

async fn call(arguments: Vec<&'static str>) {
    assert!(owned(), "these services belong to others");
    let run = move || {
        let output = script().args(&arguments).stdin(Stdio::null()).output().expect("bash runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    tokio::task::spawn_blocking(run).await.expect("the script works");
}

fn script() -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(root.join("deploy/services.sh"));
    command.env("MAKEGOOD_TEST_SERVICES_DIR", root.join(FOLDER));
    command
}
