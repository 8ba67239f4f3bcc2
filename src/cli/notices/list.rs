//! `makegood notices list`: notices, newest first, or their numbers.

use comfy_table::ColumnConstraint;
use serde_json::{Value, json};

use super::select::{FilterArgs, the_one};
use crate::cli::{Exit, dlq, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::store::{NOTICE_GROUPS_MAX, NoticeFilter, NoticePage, NoticeSummary, Store};
use crate::worker::desk::{notice_group_json, notice_json};

/// Characters of an id of others in a table.
const ID_CHARS: usize = 40;

/// Options of `makegood notices list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Next: `makegood notices show ID`; the first digits of an id are enough.")]
pub(super) struct Options {
    #[command(flatten)]
    filter: FilterArgs,
    /// Only counts them, by state, event type and code.
    #[arg(long, conflicts_with_all = ["limit", "before"])]
    counts: bool,
    /// Notices at most, up to 1000.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// The next page: only notices behind this one.
    #[arg(long, value_name = "ID")]
    before: Option<String>,
    /// Prints JSON: notices, and the id that the next page goes on from; or the counts.
    #[arg(long)]
    json: bool,
}

/// Lists or counts them.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let filter = options.filter.filter(SystemClock.now())?;
    let store = dlq::open(config).await?;
    let told =
        if options.counts { counts(options, &*store, &filter).await } else { list(options, &*store, &filter).await };
    store.close().await;
    told.map(|()| Exit::Done)
}

async fn list(options: &Options, store: &dyn Store, filter: &NoticeFilter) -> anyhow::Result<()> {
    let before = match &options.before {
        Some(id) => Some(the_one(store, id).await?.cursor()),
        None => None,
    };
    let notices = store.notices(filter, NoticePage { before, limit: options.limit }).await?;
    let full = notices.len() >= options.limit as usize;
    let next = notices.last().filter(|_| full).map(|notice| notice.id);
    if options.json {
        let notices: Vec<Value> = notices.iter().map(notice_json).collect();
        return dlq::json(&json!({ "notices": notices, "next": next }));
    }
    if notices.is_empty() {
        output::talk("no notice matches");
        return Ok(());
    }
    output::say(table(&notices))?;
    output::talk("next: makegood notices show ID");
    if let Some(next) = next {
        output::talk(format!("the next page: --before {next}"));
    }
    Ok(())
}

fn table(notices: &[NoticeSummary]) -> String {
    let mut table = output::table(&["id", "made", "state", "code", "type", "event", "person", "attempts", "due"]);
    // An id is copied into a command: it must not be broken.
    if let Some(id) = table.column_mut(0) {
        id.set_constraint(ColumnConstraint::ContentWidth);
    }
    for notice in notices {
        table.add_row([
            notice.id.to_string(),
            dlq::moment(notice.created_at),
            notice.state.as_str().to_owned(),
            dlq::known(notice.code.as_deref()),
            dlq::plain(&notice.event_type),
            dlq::cut(&notice.event.id, ID_CHARS),
            dlq::cut(&notice.person, ID_CHARS),
            notice.attempts.to_string(),
            notice.due_at.filter(|_| notice.settled_at.is_none()).map_or_else(|| "-".to_owned(), dlq::moment),
        ]);
    }
    table.to_string()
}

async fn counts(options: &Options, store: &dyn Store, filter: &NoticeFilter) -> anyhow::Result<()> {
    let groups = store.notice_groups(filter).await?;
    if options.json {
        return dlq::json(&groups.iter().map(notice_group_json).collect::<Vec<_>>());
    }
    if groups.is_empty() {
        output::talk("no notice matches");
        return Ok(());
    }
    let mut table = output::table(&["notices", "state", "type", "code", "oldest", "newest"]);
    for group in &groups {
        table.add_row([
            group.notices.to_string(),
            group.state.as_str().to_owned(),
            dlq::plain(&group.event_type),
            dlq::known(group.code.as_deref()),
            dlq::moment(group.oldest),
            dlq::moment(group.newest),
        ]);
    }
    output::say(table.to_string())?;
    if groups.len() >= NOTICE_GROUPS_MAX as usize {
        output::talk(format!("these are the largest {NOTICE_GROUPS_MAX}; conditions show others"));
    }
    Ok(())
}
