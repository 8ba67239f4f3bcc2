//! The Connects history of an account: every line with its cause and the balance after it.

mod spreadsheet;

pub use spreadsheet::to_csv;

use serde::Serialize;
use time::OffsetDateTime;

use super::explain::words;
use crate::policy::Reason;
use crate::store::{HistoryQuery, HistoryRow, Place, Store, StoreError};

/// Which part of a statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// From this moment on; `None`: from the beginning.
    pub since: Option<OffsetDateTime>,
    /// Up to before this moment; `None`: to the end.
    pub until: Option<OffsetDateTime>,
}

/// Which page of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Lines beyond this one: [`Statement::next`] of the page before.
    pub beyond: Option<Cursor>,
    /// From the end of the period back, as a screen shows it; else as a file does.
    pub newest_first: bool,
    /// Lines at most.
    pub limit: u32,
}

/// A place in a statement, as text for an address bar: the moment in microseconds, a point, the entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(Place);

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0.0.unix_timestamp_nanos() / 1_000, self.0.1)
    }
}

impl Cursor {
    /// Reads what [`Cursor`] shows.
    pub fn parse(text: &str) -> Option<Cursor> {
        let (micros, entry) = text.split_once('.')?;
        let nanos = micros.parse::<i64>().ok().map(i128::from)?.checked_mul(1_000)?;
        let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
        Some(Cursor((at, entry.to_owned())))
    }
}

impl Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The entry of the ledger.
    pub entry: String,
    /// `grant`, `fee`, `boost`, `refund`, `return` or `expiry`.
    pub kind: String,
    /// Connects, signed.
    pub amount: i64,
    /// The balance after it.
    pub balance: i64,
    /// What it was, in a sentence.
    pub cause: String,
    /// Why, of a return: the code of `docs/reasons.md`.
    pub reason: Option<String>,
    /// The proposal.
    pub proposal: Option<String>,
    /// Its job.
    pub job: Option<String>,
    /// The job's title, as its client wrote it: hostile until escaped.
    pub job_title: Option<String>,
    /// When its Connects expire.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// The charge it gives back.
    pub reverses: Option<String>,
    /// The entry that gave it back.
    pub reversed_by: Option<String>,
    /// The event that caused it: CloudEvents source.
    pub event_source: Option<String>,
    /// Its id.
    pub event_id: Option<String>,
    /// Its type.
    pub event_type: Option<String>,
}

/// A page of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// Whose.
    pub account: String,
    /// `freelancer` or `agency`; `None`: the marketplace's tables hold no such account, only its entries.
    pub kind: Option<String>,
    /// The balance now, as the account has it.
    pub balance_now: Option<i64>,
    /// The balance before the earliest line of this page; of a page without lines, at the end of the period.
    pub opening: i64,
    /// The balance after the latest of them.
    pub closing: i64,
    /// The lines, in the order asked for.
    pub lines: Vec<Line>,
    /// Where the next page goes on; `None`: this was the last.
    pub next: Option<Cursor>,
}

/// A page of an account's statement; `None`: there is no such account, and no entry of it.
///
/// Lines stand by the time of their entry, then by its id. Balances are the sums of the ledger in that order.
pub async fn statement(
    store: &dyn Store, account: &str, period: Period, page: &Page,
) -> Result<Option<Statement>, StoreError> {
    let query = HistoryQuery {
        account,
        from: period.since,
        before: period.until,
        beyond: page.beyond.clone().map(|cursor| cursor.0),
        newest_first: page.newest_first,
        limit: page.limit,
    };
    let found = store.history(&query).await?;
    if found.account.is_none() && found.rows.is_empty() && found.opening == 0 {
        return Ok(None);
    }
    let next = found.rows.last().filter(|_| found.more).map(|row| Cursor((row.created_at, row.entry_id.clone())));
    let (lines, closing) = run(found.rows, found.opening, page.newest_first);
    Ok(Some(Statement {
        account: account.to_owned(),
        kind: found.account.as_ref().map(|account| account.kind.clone()),
        balance_now: found.account.as_ref().map(|account| account.balance),
        opening: found.opening,
        closing,
        lines,
        next,
    }))
}

/// The rows as lines with the balance after each, and the balance after the latest.
fn run(mut rows: Vec<HistoryRow>, opening: i64, newest_first: bool) -> (Vec<Line>, i64) {
    if newest_first {
        rows.reverse();
    }
    let mut balance = opening;
    let mut lines: Vec<Line> = rows
        .into_iter()
        .map(|row| {
            balance = balance.saturating_add(row.amount);
            line(row, balance)
        })
        .collect();
    if newest_first {
        lines.reverse();
    }
    (lines, balance)
}

fn line(row: HistoryRow, balance: i64) -> Line {
    Line {
        cause: cause(&row),
        at: row.created_at,
        entry: row.entry_id,
        kind: row.kind,
        amount: row.amount,
        balance,
        reason: row.reason,
        proposal: row.proposal_id,
        job: row.job_id,
        job_title: row.title,
        expires_at: row.expires_at,
        reverses: row.reverses,
        reversed_by: row.reversed_by,
        event_source: row.source,
        event_id: row.event_id,
        event_type: row.event_type,
    }
}

/// What an entry was.
fn cause(row: &HistoryRow) -> String {
    let back = if row.reversed_by.is_some() { "; given back since" } else { "" };
    match row.kind.as_str() {
        "grant" => "Connects added".to_owned(),
        "fee" => format!("Proposal sent{back}"),
        "boost" => format!("Proposal boosted{back}"),
        "refund" => "Refunded by the marketplace".to_owned(),
        "expiry" => "Connects expired".to_owned(),
        "return" => {
            let code = row.reason.as_deref().unwrap_or_default();
            Reason::parse(code)
                .map_or_else(|| format!("Returned: {code}"), |reason| format!("Returned: {}", words::reason(reason)))
        }
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn row(entry: &str, kind: &str, amount: i64) -> HistoryRow {
        HistoryRow {
            entry_id: entry.to_owned(),
            proposal_id: None,
            kind: kind.to_owned(),
            amount,
            reverses: None,
            reason: (kind == "return").then(|| "client_canceled".to_owned()),
            created_at: datetime!(2026-03-01 12:00 UTC),
            expires_at: None,
            job_id: None,
            title: None,
            source: None,
            event_id: None,
            event_type: None,
            reversed_by: None,
        }
    }

    #[test]
    fn balances_run_the_same_way_in_both_orders() {
        let rows = vec![row("a", "grant", 10), row("b", "fee", -8), row("c", "return", 8)];
        let (oldest, closing) = run(rows.clone(), 5, false);
        let (mut newest, same) = run(rows.into_iter().rev().collect(), 5, true);
        newest.reverse();
        assert_eq!((oldest.clone(), closing), (newest, same));
        assert_eq!(oldest.iter().map(|line| line.balance).collect::<Vec<_>>(), [15, 7, 15]);
        assert_eq!(oldest[2].cause, "Returned: the client canceled the job");
    }

    #[test]
    fn a_cursor_reads_back() {
        let cursor = Cursor((datetime!(2026-03-01 12:00:00.000001 UTC), "return-a.b".to_owned()));
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        for bad in ["", "1", "x.y", "9223372036854775807.e"] {
            assert_eq!(Cursor::parse(bad), None, "{bad}");
        }
    }
}
