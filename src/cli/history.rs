//! `makegood history`: the Connects history of an account, as a table, CSV or JSON, whatever its length.

use std::io::{ErrorKind, Write};

use anyhow::{Context, bail};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use super::dlq;
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::store::{PAGE_MAX, Store};
use crate::worker::history::{Cursor, Line, Page, Period, Statement, statement, to_csv};

/// Characters of a title in a table.
const TITLE_CHARS: usize = 40;
/// Options of `makegood history`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Entries stand by their time, then by their id; the balance beside each is the sum up to it. WHEN
is a day (2026-03-01), a moment (2026-03-01T12:00:00Z), or an age (30d: that long ago). In CSV a
text that a spreadsheet would take for a formula begins with an apostrophe.

Exit code 1: there is no such account.")]
pub(super) struct Options {
    /// The account.
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// Entries at or after this; the balance before it is told.
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Entries before this.
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// Prints CSV with a header.
    #[arg(long)]
    csv: bool,
    /// Prints JSON: one object an entry and line.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
}

/// Prints it.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let now = SystemClock.now();
    let when = |text: &Option<String>| text.as_deref().map(|text| moment(text, now)).transpose();
    let period = Period { since: when(&options.since)?, until: when(&options.until)? };
    if period.since.zip(period.until).is_some_and(|(since, until)| since >= until) {
        bail!("--since is not before --until: no entry could lie between them");
    }
    let store = dlq::open(config).await?;
    let told = print(options, &*store, period).await;
    store.close().await;
    told.map(|()| Exit::Done)
}

/// A day, a moment or an age, as options take it.
fn moment(text: &str, now: OffsetDateTime) -> anyhow::Result<OffsetDateTime> {
    let day = format_description!("[year]-[month]-[day]");
    if let Ok(day) = Date::parse(text, &day) {
        return Ok(day.midnight().assume_utc());
    }
    if let Ok(at) = OffsetDateTime::parse(text, &Rfc3339) {
        return Ok(at);
    }
    let age = humantime::parse_duration(text).ok().with_context(|| {
        format!("{text:?} is no day (2026-03-01), no moment (2026-03-01T12:00:00Z) and no age (30d)")
    })?;
    dlq::ago(now, age)
}

/// Page by page: a statement of any length in the memory of one page.
async fn print(options: &Options, store: &dyn Store, period: Period) -> anyhow::Result<()> {
    let account = options.account.as_str();
    let mut beyond: Option<Cursor> = None;
    let mut first = true;
    loop {
        let page = Page { beyond, newest_first: false, limit: PAGE_MAX };
        let Some(part) = statement(store, account, period, &page).await? else {
            bail!("there is no account {}, and no entry of one", dlq::plain(account))
        };
        if first && !options.csv && !options.json {
            output::say(head(&part, period))?;
        }
        let listening = if options.csv {
            write(&to_csv(&part.lines, first).context("the CSV cannot be written")?)?
        } else if options.json {
            ndjson(&part.lines)?
        } else {
            table(&part.lines)?;
            true
        };
        first = false;
        match part.next {
            Some(next) if listening => beyond = Some(next),
            _ => {
                let closing = format!("balance at the end of the period: {}", part.closing);
                let now = part.balance_now.map_or_else(String::new, |balance| format!("; now: {balance}"));
                output::talk(format!("{closing}{now}"));
                return Ok(());
            }
        }
    }
}

fn head(part: &Statement, period: Period) -> String {
    let kind = part.kind.as_deref().unwrap_or("not in the marketplace's tables");
    let opening = period.since.map_or_else(
        || format!("balance at the beginning: {}", part.opening),
        |since| format!("balance before {}: {}", dlq::moment(since), part.opening),
    );
    format!("account {} ({kind}), {opening}", dlq::plain(&part.account))
}

fn table(lines: &[Line]) -> anyhow::Result<()> {
    if lines.is_empty() {
        output::talk("no entry in this period");
        return Ok(());
    }
    let mut table = output::table(&["when", "amount", "balance", "cause", "job", "proposal", "entry", "expires"]);
    for line in lines {
        table.add_row([
            dlq::moment(line.at),
            format!("{:+}", line.amount),
            line.balance.to_string(),
            dlq::plain(&line.cause),
            line.job_title.as_deref().map_or_else(|| "-".to_owned(), |title| dlq::cut(title, TITLE_CHARS)),
            dlq::known(line.proposal.as_deref()),
            dlq::plain(&line.entry),
            line.expires_at.map_or_else(|| "-".to_owned(), dlq::moment),
        ]);
    }
    output::say(table.to_string())
}

fn ndjson(lines: &[Line]) -> anyhow::Result<bool> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
    }
    write(&text)
}

/// Writes to stdout; `false`: nobody reads any more.
fn write(bytes: &[u8]) -> anyhow::Result<bool> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        result => result.map(|()| true).context("cannot write to stdout"),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_day_a_moment_and_an_age_are_read() {
        let now = datetime!(2026-03-10 12:00 UTC);
        let read = |text| moment(text, now).ok();
        assert_eq!(read("2026-03-01"), Some(datetime!(2026-03-01 0:00 UTC)));
        assert_eq!(read("2026-03-01T12:00:00+01:00"), Some(datetime!(2026-03-01 11:00 UTC)));
        assert_eq!(read("2d"), Some(datetime!(2026-03-08 12:00 UTC)));
        assert_eq!(read("yesterday"), None);
    }
}
