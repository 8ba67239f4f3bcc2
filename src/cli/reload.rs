//! `makegood reload`: policy and templates into a running daemon.
//!
//! The daemon is told by a signal, not over HTTP: the kernel lets nobody send one who could not end the process as
//! well, while whoever reaches `http.listen` may read it without a login. It tells which process it is and what came
//! of it.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use serde_json::json;

use crate::app;
use crate::cli::{Exit, ask, output};
use crate::config::{Config, Sources};

/// How long the daemon may take to read, check and answer.
const OUTCOME_MAX: Duration = Duration::from_secs(30);
/// How often it is asked meanwhile.
const ASK_EVERY: Duration = Duration::from_millis(100);
/// The name of the process, as the system has it.
const NAME: &str = "makegood";

/// Options of `makegood reload`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It needs to run where the daemon runs, as its user; elsewhere: kill -HUP, systemctl reload, docker kill -s HUP.
Exit code 0: in force. 1: the daemon keeps what it had, and the findings say why. 78: the files here are wrong,
and the daemon was not asked. Any other key of the configuration needs a restart.")]
pub(super) struct Options {
    /// Where the daemon listens, instead of http.listen.
    #[arg(long, value_name = "HOST:PORT")]
    address: Option<SocketAddr>,
    /// Its process id, instead of the one it tells.
    #[arg(long, value_name = "PID", value_parser = clap::value_parser!(i32).range(1..))]
    pid: Option<i32>,
    /// Only checks; the daemon is not asked.
    #[arg(long)]
    dry_run: bool,
    /// Prints the daemon's answer as JSON.
    #[arg(long)]
    json: bool,
}

/// What `/rules` says.
#[derive(Debug, Deserialize)]
struct Rules {
    pid: i32,
    policy: Option<String>,
    loaded: u64,
    refused: u64,
    findings: Vec<String>,
}

/// Checks, asks, and tells what came of it.
pub(super) async fn run(options: &Options, sources: &Sources) -> anyhow::Result<Exit> {
    app::check(sources)?;
    let config = Config::load(sources)?;
    if options.dry_run {
        output::say("policy and templates are fit; the daemon was not asked")?;
        return Ok(Exit::Done);
    }
    let address = options.address.unwrap_or(config.http.listen);
    let (_, before): (_, Rules) = ask::daemon(address, "/rules").await?;
    send(options.pid.unwrap_or(before.pid))?;
    let after = outcome(address, &before).await?;
    let loaded = after.loaded > before.loaded;
    if options.json {
        output::json(&json!({ "loaded": loaded, "policy": after.policy, "findings": after.findings }))?;
    } else if loaded {
        let version = after.policy.as_deref().unwrap_or("none");
        output::say(format!("policy and templates are in force; version of the policy: {version}"))?;
    } else {
        output::talk("the daemon keeps the policy and the templates it had:");
        after.findings.iter().try_for_each(output::say)?;
    }
    Ok(if loaded { Exit::Done } else { Exit::No })
}

/// SIGHUP, and never to a process that would end by it.
fn send(pid: i32) -> anyhow::Result<()> {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).with_context(|| {
        format!("process {pid} of the daemon is not here: does it run in a container, or elsewhere?")
    })?;
    if name.trim() != NAME {
        bail!("process {pid} is no {NAME} here: the daemon runs in a container, or elsewhere; send SIGHUP to it there");
    }
    let pid = Pid::from_raw(pid).context("there is no process 0")?;
    kill_process(pid, Signal::HUP).context("the daemon cannot be sent SIGHUP: run this as its user")
}

/// What the daemon says when it is done.
async fn outcome(address: SocketAddr, before: &Rules) -> anyhow::Result<Rules> {
    let asking = async {
        loop {
            let (_, after): (_, Rules) = ask::daemon(address, "/rules").await?;
            if after.loaded + after.refused > before.loaded + before.refused {
                return anyhow::Ok(after);
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
    };
    let asked = tokio::time::timeout(OUTCOME_MAX, asking).await;
    asked
        .with_context(|| format!("the daemon did not act on SIGHUP within {} s; see its log", OUTCOME_MAX.as_secs()))?
}
