//! What a seal says of its entries, and what differs from it. Pure.
//!
//! The digest is SHA-256 over lines of JSON without spaces: `[digest of the seal before, number, first, last]`, then
//! each entry as the array of its columns, moments in microseconds since 1970 UTC. Both databases make the same.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::Seal;
use crate::store::at::At;

/// What stands in the place of a digest before the first seal.
const NONE: &str = "";

/// entry_no, entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no, created_at, expires_at
pub(in crate::store) type SealedRow = (
    i64,
    String,
    String,
    Option<String>,
    String,
    i64,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

/// seal_no, from_no, to_no, entries, amount, digest, sealed_at
pub(in crate::store) type SealRow = (i64, i64, i64, i64, i64, String, At);

impl From<SealRow> for Seal {
    fn from((no, from, to, entries, sum, digest, sealed_at): SealRow) -> Self {
        Seal { no, from, to, entries, sum, digest, sealed_at: sealed_at.0 }
    }
}

/// The seal behind `before` over these entries, up to number `to`.
pub(super) fn make(before: Option<&Seal>, to: i64, rows: &[SealedRow], now: OffsetDateTime) -> Seal {
    let no = before.map_or(1, |seal| seal.no.saturating_add(1));
    let from = before.map_or(1, |seal| seal.to.saturating_add(1));
    let digest = digest(before.map_or(NONE, |seal| &seal.digest), (no, from, to), rows);
    Seal { no, from, to, entries: count(rows), sum: sum(rows), digest, sealed_at: now }
}

/// What differs between a seal and the entries of its range; `None`: nothing. Where the seal before it is missing its
/// digest cannot be made again, and count and sum alone are compared.
pub(super) fn differs(seal: &Seal, before: Option<&Seal>, rows: &[SealedRow]) -> Option<Value> {
    let mut what = Vec::new();
    let (entries, sum) = (count(rows), sum(rows));
    if entries != seal.entries {
        what.push("count");
    }
    if sum != seal.sum {
        what.push("sum");
    }
    let follows = if seal.no == 1 {
        seal.from == 1
    } else {
        before.is_none_or(|before| seal.from == before.to.saturating_add(1))
    };
    if !follows {
        what.push("range");
    }
    let known = if seal.no == 1 { Some(NONE) } else { before.map(|before| before.digest.as_str()) };
    let found = known.map(|before| digest(before, (seal.no, seal.from, seal.to), rows));
    if found.as_ref().is_some_and(|found| *found != seal.digest) {
        what.push("digest");
    }
    (!what.is_empty()).then(|| {
        json!({
            "differs": what, "from": seal.from, "to": seal.to, "entries": seal.entries, "sum": seal.sum,
            "digest": seal.digest, "found_entries": entries, "found_sum": sum, "found_digest": found,
        })
    })
}

/// Copies of some entries with one changed, one taken out and one put in.
pub(super) fn forged(rows: &[SealedRow]) -> Vec<Vec<SealedRow>> {
    let (mut edited, mut short, mut long) = (rows.to_vec(), rows.to_vec(), rows.to_vec());
    if let Some(row) = edited.last_mut() {
        row.1.push('\'');
    }
    short.pop();
    long.extend(rows.last().cloned());
    vec![edited, short, long]
}

fn digest(before: &str, (no, from, to): (i64, i64, i64), rows: &[SealedRow]) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{}\n", json!([before, no, from, to])));
    for row in rows {
        let (no, id, account, proposal, kind, amount, reverses, reason, event, created, expires) = row;
        let line = json!([no, id, account, proposal, kind, amount, reverses, reason, event, created, expires]);
        hash.update(format!("{line}\n"));
    }
    hex::encode(hash.finalize())
}

fn count(rows: &[SealedRow]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}

/// Held at the ends of i64, where no honest sum comes.
fn sum(rows: &[SealedRow]) -> i64 {
    let sum: i128 = rows.iter().map(|row| i128::from(row.5)).sum();
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}
