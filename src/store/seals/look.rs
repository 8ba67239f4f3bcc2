//! Looks at seals and what they are over; the ledger it reads is as of one moment.

use serde_json::{Value, json};

use super::flow::Front;
use super::{SEAL_ENTRIES_MAX, Seal, SealTx, chain};
use crate::store::flow::Begin;
use crate::store::{AuditKey, AuditPage, AuditRule, Gap, StoreError};

/// Seals in one look at most; their entries are bounded by the audit's page, and by one seal.
const SEALS_MAX: i64 = 64;

/// A page of the walk over the seals: it examines entries, so that the audit's pace holds.
pub(in crate::store) async fn page<B: Begin>(
    store: &B, after: &AuditKey, rule: &AuditRule,
) -> Result<AuditPage, StoreError>
where
    B::Tx: SealTx,
{
    let mut tx = store.begin_reading("seals_page").await?;
    let looked = walk(&mut tx, after, rule).await;
    B::roll_back(tx).await;
    looked
}

/// Looks at these seals again.
pub(in crate::store) async fn again<B: Begin>(store: &B, subjects: &[String]) -> Result<Vec<Gap>, StoreError>
where
    B::Tx: SealTx,
{
    let mut gaps = Vec::new();
    // A transaction each: a page of findings may stand for a million entries.
    for no in subjects.iter().filter_map(|subject| subject.parse::<i64>().ok()) {
        let mut tx = store.begin_reading("seals_again").await?;
        let looked = one(&mut tx, no).await;
        B::roll_back(tx).await;
        gaps.extend(looked?);
    }
    Ok(gaps)
}

/// Whether changes to copies of the newest sealed entries go unseen.
pub(in crate::store) async fn blind<T: SealTx>(tx: &mut T) -> Result<bool, StoreError> {
    let mut seals = tx.seals_newest(2).await?.into_iter();
    let Some(seal) = seals.next() else { return Ok(false) };
    let before = seals.next();
    let rows = entries(tx, &seal).await?;
    Ok(chain::forged(&rows).iter().any(|forged| chain::differs(&seal, before.as_ref(), forged).is_none()))
}

async fn walk<T: SealTx>(tx: &mut T, after: &AuditKey, rule: &AuditRule) -> Result<AuditPage, StoreError> {
    let mut page = AuditPage::default();
    let begins = after.no < 1;
    if begins {
        page.gaps.extend(head(tx).await?);
    }
    // From the one seen last: the next one's digest goes on from it.
    let seals = tx.seals_from(after.no, SEALS_MAX).await?;
    let full = i64::try_from(seals.len()).is_ok_and(|len| len >= SEALS_MAX);
    let (mut before, mut last, mut left): (Option<Seal>, i64, bool) = (None, after.no.max(0), false);
    for seal in seals {
        if !begins && seal.no == after.no {
            before = Some(seal);
            continue;
        }
        if page.examined >= u64::from(rule.page) {
            left = true;
            break;
        }
        if seal.no != last + 1 {
            page.gaps.push(missing(seal.no - 1));
        }
        let (gap, read) = compare(tx, &seal, before.filter(|before| before.no == seal.no - 1)).await?;
        page.gaps.extend(gap);
        page.examined += read;
        last = seal.no;
        before = Some(seal);
    }
    page.last = (last > 0).then(|| AuditKey { no: last, ..AuditKey::start() });
    // A page that met nothing but the seal it came from is the end.
    page.next = page.last.clone().filter(|key| left || (full && key.no > after.no));
    Ok(page)
}

async fn one<T: SealTx>(tx: &mut T, no: i64) -> Result<Vec<Gap>, StoreError> {
    let mut found = tx.seals_from(no - 1, 2).await?.into_iter().peekable();
    let before = found.next_if(|seal| seal.no == no - 1);
    let mut gaps = Vec::new();
    match found.next().filter(|seal| seal.no == no) {
        Some(seal) => gaps.extend(compare(tx, &seal, before).await?.0),
        None => gaps.push(missing(no)),
    }
    // The newest is held against what was written down when it was set, too.
    gaps.extend(head(tx).await?.filter(|gap| gaps.is_empty() && gap.subject == no.to_string()));
    Ok(gaps)
}

/// The newest seal that was set must be there as it was.
async fn head<T: SealTx>(tx: &mut T) -> Result<Option<Gap>, StoreError> {
    let Some((no, digest)) = Front::read(tx.seal_mark().await?.as_deref()).and_then(|front| front.head) else {
        return Ok(None);
    };
    let found = tx.seals_from(no, 1).await?.pop().filter(|seal| seal.no == no);
    Ok(match found {
        None => Some(missing(no)),
        Some(seal) if seal.digest != digest => {
            let details = json!({
                "differs": ["seal"], "from": seal.from, "to": seal.to, "entries": seal.entries, "sum": seal.sum,
                "digest": digest, "found_digest": seal.digest,
            });
            Some(gap(no, details))
        }
        Some(_) => None,
    })
}

async fn compare<T: SealTx>(tx: &mut T, seal: &Seal, before: Option<Seal>) -> Result<(Option<Gap>, u64), StoreError> {
    let rows = entries(tx, seal).await?;
    let differs = chain::differs(seal, before.as_ref(), &rows);
    Ok((differs.map(|details| gap(seal.no, details)), rows.len() as u64))
}

/// What stands in a seal's range; one more than fits tells that there is more.
async fn entries<T: SealTx>(tx: &mut T, seal: &Seal) -> Result<Vec<super::SealedRow>, StoreError> {
    let after = if seal.no == 1 { i64::MIN } else { seal.from.saturating_sub(1) };
    tx.seal_entries(after, seal.to, i64::from(SEAL_ENTRIES_MAX) + 1).await
}

fn missing(no: i64) -> Gap {
    gap(no, json!({ "differs": ["missing"] }))
}

fn gap(no: i64, details: Value) -> Gap {
    Gap { code: "ledger_changed".to_owned(), kind: "seal".to_owned(), subject: no.to_string(), details }
}
