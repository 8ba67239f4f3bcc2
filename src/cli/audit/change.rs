//! `makegood audit accept`.

use serde_json::json;

use crate::cli::dlq::ActArgs;
use crate::cli::{Exit, dlq, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::worker::audit;

/// Options of `makegood audit accept`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit code 3: one of them is not open.")]
pub(super) struct Options {
    /// Numbers of findings.
    #[arg(value_name = "NO", required = true, num_args = 1..=1_000)]
    nos: Vec<i64>,
    #[command(flatten)]
    act: ActArgs,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Accepts them.
pub(super) async fn accept(options: &Options, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    let act = options.act.act(operators)?;
    let store = dlq::open(config).await?;
    let accepted = audit::accept(&*store, &options.nos, &act, SystemClock.now()).await?;
    store.close().await;
    let left: Vec<i64> = options.nos.iter().copied().filter(|no| !accepted.contains(no)).collect();
    if options.json {
        output::json(&json!({ "accepted": accepted, "left": left }))?;
    } else {
        output::say(format!("{} accepted", dlq::count(accepted.len() as u64, "finding")))?;
        for no in &left {
            output::talk(format!("finding {no} is not open: it was left as it is"));
        }
    }
    Ok(if left.is_empty() { Exit::Done } else { Exit::Partly })
}
