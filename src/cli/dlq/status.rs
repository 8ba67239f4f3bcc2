//! `makegood dlq status` and `makegood dlq cancel`: replays as they stand.

use super::act::ActArgs;
use super::{open, words};
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::store::{Replay, ReplayState};
use crate::worker::desk::{replay_json, replay_next};
use anyhow::bail;

/// Replays in the table.
const NEWEST: u32 = 20;
/// Characters of a reason in a table.
const REASON_CHARS: usize = 40;

/// Options of `makegood dlq status`.
#[derive(Debug, clap::Args)]
pub(super) struct StatusOptions {
    /// Number of a replay; without it the newest 20.
    #[arg(value_name = "N")]
    which: Option<i64>,
    /// Prints JSON: a list of replays.
    #[arg(long)]
    json: bool,
}

/// Options of `makegood dlq cancel`.
#[derive(Debug, clap::Args)]
pub(super) struct CancelOptions {
    /// Number of the replay.
    #[arg(value_name = "N")]
    which: i64,
    #[command(flatten)]
    act: ActArgs,
    /// Prints the replay as JSON.
    #[arg(long)]
    json: bool,
}

/// Shows replays.
pub(super) async fn status(options: &StatusOptions, config: &Config) -> anyhow::Result<Exit> {
    let store = open(config).await?;
    let replays = store.replays(options.which, NEWEST).await?;
    store.close().await;
    if options.json {
        words::json(&replays.iter().map(replay_json).collect::<Vec<_>>())?;
        return Ok(if options.which.is_some() && replays.is_empty() { Exit::No } else { Exit::Done });
    }
    match (options.which, &replays[..]) {
        (Some(which), []) => bail!("there is no replay {which}; `makegood dlq status` shows the newest"),
        (Some(_), [replay, ..]) => {
            output::say(lines(replay).join("\n"))?;
            if let Some(next) = replay_next(replay) {
                output::talk(next);
            }
        }
        (None, []) => output::talk("there was no replay yet"),
        (None, replays) => output::say(table(replays))?,
    }
    Ok(Exit::Done)
}

/// Cancels one.
pub(super) async fn cancel(options: &CancelOptions, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    let act = options.act.act(operators)?;
    let store = open(config).await?;
    let before = store.replays(Some(options.which), 1).await?;
    let after = store.replay_cancel(options.which, &act, SystemClock.now()).await?;
    store.close().await;
    let Some(replay) = after else {
        bail!("there is no replay {}; `makegood dlq status` shows the newest", options.which)
    };
    let had_ended =
        before.first().is_some_and(|before| before.ended_at.is_some()) || replay.state != ReplayState::Canceled;
    if options.json {
        words::json(&replay_json(&replay))?;
    } else {
        output::say(lines(&replay).join("\n"))?;
    }
    if had_ended {
        output::talk(format!("replay {} had ended before; nothing was changed", replay.no));
        return Ok(Exit::Partly);
    }
    output::talk("what was replayed stays; the rest was not touched");
    Ok(Exit::Done)
}

/// What a person reads of one replay.
pub(super) fn lines(replay: &Replay) -> Vec<String> {
    let Replay { no, items, done, failed, skipped, credits, connects, notices, .. } = replay;
    let tried = done + failed + skipped;
    let mut lines = vec![
        format!("replay {no}, {}{}", replay.state.as_str(), if replay.held { ", somebody works at it" } else { "" }),
        format!("  by       {}: {}", words::plain(&replay.operator), words::plain(&replay.reason)),
        format!("  letters  {tried} of {items} tried: {done} done, {failed} failed again, {skipped} skipped"),
        format!(
            "  effects  {}: {} credited, {connects} Connects returned, {} to be sent",
            replay.effects.as_str(),
            words::count(*credits, "proposal"),
            words::count(*notices, "notice"),
        ),
    ];
    let rate = replay.rate.map(|rate| format!("{rate} letters a second"));
    let ramp: Vec<String> = replay.ramp.iter().map(u32::to_string).collect();
    let ramp = (!ramp.is_empty()).then(|| format!("ramp {}", ramp.join(",")));
    let stop = replay.stop_after_failures.map(|failures| format!("stops after {failures} failures"));
    let patched = replay.patched.then(|| "with an edited payload".to_owned());
    let how: Vec<String> = [rate, ramp, stop, patched].into_iter().flatten().collect();
    if !how.is_empty() {
        lines.push(format!("  how      {}", how.join(", ")));
    }
    let moments = [("ordered", Some(replay.created_at)), ("begun", replay.started_at), ("ended", replay.ended_at)];
    let moments: Vec<String> =
        moments.into_iter().filter_map(|(what, at)| Some(format!("{what} {}", words::moment(at?)))).collect();
    lines.push(format!("  when     {}", moments.join(", ")));
    lines
}

fn table(replays: &[Replay]) -> String {
    let header =
        ["replay", "state", "ordered", "by", "effects", "letters", "done", "failed", "skipped", "Connects", "why"];
    let mut table = output::table(&header);
    for replay in replays {
        table.add_row([
            replay.no.to_string(),
            replay.state.as_str().to_owned(),
            words::moment(replay.created_at),
            words::cut(&replay.operator, REASON_CHARS),
            replay.effects.as_str().to_owned(),
            replay.items.to_string(),
            replay.done.to_string(),
            replay.failed.to_string(),
            replay.skipped.to_string(),
            replay.connects.to_string(),
            words::cut(&replay.reason, REASON_CHARS),
        ]);
    }
    table.to_string()
}
