//! The suppression list as rows, and what its acts leave in the operators' log: no address.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Released, Suppression, SuppressionCause};
use crate::store::at::At;
use crate::store::number_rows::count;
use crate::store::{Address, StoreError};

/// Numbers that a row of the operators' log names.
const NAMED_MAX: usize = 100;

/// A row of `suppressions_list.sql` and `suppressions_release.sql`: number, address, cause, notice, since, end.
pub(in crate::store) type SuppressionRow = (i64, String, String, Option<Uuid>, At, Option<At>);

/// The entry of a row.
pub(in crate::store) fn read(row: SuppressionRow) -> Result<Suppression, StoreError> {
    let (no, address, cause, notice, created_at, expires_at) = row;
    let known = SuppressionCause::parse(&cause).ok_or_else(|| StoreError::Inconsistent {
        table: "suppressions",
        column: "cause",
        found: cause,
        expected: "bad-mailbox, complaint or operator",
    })?;
    Ok(Suppression {
        no,
        address: Address(address),
        cause: known,
        notice,
        created_at: created_at.0,
        expires_at: expires_at.map(|at| at.0),
    })
}

/// What was released, with the rows of `suppressions_held.sql`.
pub(in crate::store) fn released(rows: Vec<SuppressionRow>, held: Vec<(String, i64)>) -> Result<Released, StoreError> {
    let mut entries = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    entries.sort_unstable_by_key(|entry| entry.no);
    let held = held.into_iter().map(|(person, notices)| (person, count(notices))).collect();
    Ok(Released { entries, held })
}

/// The texts of addresses, as parameters: without NUL, which PostgreSQL refuses and no address has.
pub(in crate::store) fn texts<'a>(addresses: impl IntoIterator<Item = &'a Address>) -> Vec<String> {
    addresses.into_iter().map(|address| address.0.replace('\0', "")).collect()
}

/// What an act was about, for `operator_log.details`: the numbers, where they are few.
pub(in crate::store) fn details(numbers: impl ExactSizeIterator<Item = i64>) -> Value {
    if numbers.len() > NAMED_MAX { json!({}) } else { json!({ "numbers": numbers.collect::<Vec<_>>() }) }
}
