//! `makegood notices hold`, `release` and `resend`: batches of one transaction each, every one a row of the operators'
//! log.

use anyhow::bail;
use serde_json::json;

use super::select::WhichArgs;
use crate::cli::dlq::{self, ActArgs, confirm};
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::store::{Act, NoticeAct, NoticeFilter, NoticeSelection, NoticeState, NoticesChanged, Store};
use crate::worker::desk::{NOTICES_CHANGED_MAX, NoticesOrder, change_notices, notice_left_because, notices_busy};

/// Notices changed without being asked.
const UNASKED_MAX: u64 = 100;
/// Ids told one by one.
const TOLD_MAX: usize = 20;

/// Options of `makegood notices hold`, `release` and `resend`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
hold: of pending and deferred; what a sender is at is left to it. With --event-id alone it also
keeps back what that event, while it fans out or waits, has yet to tell.
release: of withheld; conditions without --code mean what operators and the policy keep back.
resend: of failed, undeliverable, suppressed and unknown; of sent where an id or --state sent
names it.
Up to 1000 notices are one transaction. Exit code 3: a notice that was named was left as it was.")]
pub(super) struct Options {
    #[command(flatten)]
    which: WhichArgs,
    #[command(flatten)]
    act: ActArgs,
    /// Notices at most, the newest.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=NOTICES_CHANGED_MAX))]
    limit: Option<u64>,
    /// Does it all and undoes it: only says which notices it would be.
    #[arg(long)]
    dry_run: bool,
    /// More than 100 notices, without being asked.
    #[arg(long)]
    yes: bool,
    /// Prints JSON: how many, the ids, and what was left as it was.
    #[arg(long)]
    json: bool,
}

/// Changes them.
pub(super) async fn run(
    what: NoticeAct, options: &Options, config: &Config, operators: &[String],
) -> anyhow::Result<Exit> {
    let act = options.act.act(operators)?;
    let store = dlq::open(config).await?;
    let told = change(what, options, &*store, &act).await;
    store.close().await;
    told
}

async fn change(what: NoticeAct, options: &Options, store: &dyn Store, act: &Act) -> anyhow::Result<Exit> {
    let which = options.which.selection(store, SystemClock.now()).await?;
    if let NoticeSelection::Filter(filter) = &which
        && let Some(state) = filter.states.iter().find(|state| !what.from().contains(state))
    {
        let states: Vec<&str> = what.from().iter().map(|state| state.as_str()).collect();
        bail!("`{}` is for notices that are {}, not {}", what.as_str(), states.join(", "), state.as_str());
    }
    let limit = options.limit.unwrap_or(NOTICES_CHANGED_MAX);
    if !options.dry_run {
        ask(what, options, store, &which, limit).await?;
    }
    let order = NoticesOrder { what, which: &which, limit, rehearse: options.dry_run };
    let done = change_notices(store, &SystemClock, &order, act).await?;
    let busy = notices_busy(what, store, &which).await?;
    tell(what, options, &done, busy)?;
    Ok(if done.left.is_empty() { Exit::Done } else { Exit::Partly })
}

/// Many are changed only by who means it.
async fn ask(
    what: NoticeAct, options: &Options, store: &dyn Store, which: &NoticeSelection, limit: u64,
) -> anyhow::Result<()> {
    let number = match which {
        NoticeSelection::Ids(ids) => ids.len() as u64,
        NoticeSelection::Filter(filter) => {
            let states = if filter.states.is_empty() { what.from_unless_named() } else { &filter.states };
            let groups = store.notice_groups(&NoticeFilter { states: states.to_vec(), ..(**filter).clone() }).await?;
            let codes = what.codes(which);
            let meant = |code: Option<&str>| codes.is_empty() || code.is_some_and(|code| codes.contains(&code));
            groups.iter().filter(|group| meant(group.code.as_deref())).map(|group| group.notices).sum()
        }
    };
    let number = number.min(limit);
    if number > UNASKED_MAX || (number > 0 && options.which.is_everything()) {
        confirm(options.yes, &format!("{} {}?", capital(what), dlq::count(number, "notice")))?;
    }
    Ok(())
}

fn capital(what: NoticeAct) -> &'static str {
    match what {
        NoticeAct::Hold => "Hold",
        NoticeAct::Release => "Release",
        NoticeAct::Resend => "Resend",
    }
}

fn tell(what: NoticeAct, options: &Options, done: &NoticesChanged, busy: u64) -> anyhow::Result<()> {
    if options.json {
        let left = done.left.iter().map(|(id, state)| json!({ "id": id, "state": state.map(NoticeState::as_str) }));
        return dlq::json(&json!({
            "dry_run": options.dry_run,
            "changed": done.changed.len(),
            "ids": done.changed,
            "left": left.collect::<Vec<_>>(),
            "events_under_way": done.events,
            "being_sent": busy,
        }));
    }
    let number = dlq::count(done.changed.len() as u64, "notice");
    output::say(match (what, options.dry_run) {
        (NoticeAct::Hold, false) => format!("{number} kept back"),
        (NoticeAct::Release, false) => format!("{number} let go"),
        (NoticeAct::Resend, false) => format!("{number} will be sent again"),
        (what, true) => format!("{number} would change ({}); nothing was changed", what.as_str()),
    })?;
    if done.changed.len() <= TOLD_MAX {
        done.changed.iter().try_for_each(|id| output::say(format!("  {id}")))?;
    }
    if done.events > 0 {
        output::talk(format!("{} under way is meant too: what it has yet to tell", dlq::count(done.events, "event")));
    }
    if busy > 0 {
        output::talk(format!(
            "a sender is at {} just now: they go out, or are put off and can be held then",
            dlq::count(busy, "notice")
        ));
    }
    done.left.iter().for_each(|(id, state)| output::talk(notice_left_because(what, *id, *state)));
    Ok(())
}
