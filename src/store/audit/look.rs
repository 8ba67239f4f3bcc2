//! One look: a page of a check or some of its subjects, in one read-only transaction, in parts of bounded size.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::rows::read_gap;
use super::{AuditCase, AuditCheck, AuditKey, AuditPage, AuditRule, AuditTx, Examiner, Gap, KnownEvent};
use crate::store::StoreError;
use crate::store::flow::{Begin, unlocked};
use crate::store::seals;

/// Proposals judged at once: bounds memory, whatever a job or client has.
const PROPOSALS_MAX: i64 = 2_000;
/// Events about a subject that are looked at: the newest explains it, and one that died does not.
const EVENTS_EACH: i64 = 4;
/// Rows of each kind that stand still: more of them say nothing new.
const STUCK_MAX: i64 = 500;

/// [`super::AuditStore::audit_page`]
pub(in crate::store) async fn page<B: Begin>(
    store: &B, check: AuditCheck, after: &AuditKey, rule: &AuditRule, examiner: &Examiner<'_>,
) -> Result<AuditPage, StoreError>
where
    B::Tx: AuditTx,
{
    if check == AuditCheck::Seals {
        return seals::page(store, after, rule).await;
    }
    let mut tx = store.begin_reading("audit_page").await?;
    let looked = async {
        let keys = tx.audit_keys(check, after, rule).await?;
        let last = keys.last().cloned();
        let next = last.clone().filter(|_| keys.len() >= rule.page as usize);
        let gaps = examine(&mut tx, check, &keys, rule, examiner).await?;
        Ok(AuditPage { examined: keys.len() as u64, next, last, gaps })
    };
    let looked = looked.await;
    B::roll_back(tx).await;
    looked
}

/// [`super::AuditStore::audit_again`]
pub(in crate::store) async fn again<B: Begin>(
    store: &B, check: AuditCheck, subjects: &[String], rule: &AuditRule, examiner: &Examiner<'_>,
) -> Result<Vec<Gap>, StoreError>
where
    B::Tx: AuditTx,
{
    if check == AuditCheck::Stuck {
        return stuck(store, rule).await;
    }
    if check == AuditCheck::Seals {
        return seals::again(store, subjects).await;
    }
    let keys: Vec<AuditKey> = subjects.iter().filter_map(|subject| check.key(subject)).collect();
    let mut tx = store.begin_reading("audit_again").await?;
    let looked = examine(&mut tx, check, &keys, rule, examiner).await;
    B::roll_back(tx).await;
    looked
}

/// What stands still.
async fn stuck<B: Begin>(store: &B, rule: &AuditRule) -> Result<Vec<Gap>, StoreError>
where
    B::Tx: AuditTx,
{
    let mut tx = store.begin_reading("audit_stuck").await?;
    let rows = tx.audit_stuck(rule, STUCK_MAX).await;
    B::roll_back(tx).await;
    rows?.into_iter().map(read_gap).collect()
}

async fn examine<T: AuditTx + crate::store::flow::Tx>(
    tx: &mut T, check: AuditCheck, keys: &[AuditKey], rule: &AuditRule, examiner: &Examiner<'_>,
) -> Result<Vec<Gap>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    if matches!(check, AuditCheck::Jobs | AuditCheck::Clients) {
        return judged(tx, check, keys, rule, examiner).await;
    }
    tx.audit_examine(check, keys, rule).await?.into_iter().map(read_gap).collect()
}

/// Jobs and clients: the proposals in question, part by part, each part judged over its facts.
async fn judged<T: AuditTx + crate::store::flow::Tx>(
    tx: &mut T, check: AuditCheck, keys: &[AuditKey], rule: &AuditRule, examiner: &Examiner<'_>,
) -> Result<Vec<Gap>, StoreError> {
    let mut ids: Vec<String> = keys.iter().map(|key| key.id.clone()).collect();
    ids.sort_unstable();
    let mut gaps: BTreeMap<(String, String), Gap> = BTreeMap::new();
    let mut after = (String::new(), String::new());
    loop {
        let part = tx.audit_candidates(check, &ids, &after, rule, PROPOSALS_MAX).await?;
        let more = i64::try_from(part.len()).is_ok_and(|len| len >= PROPOSALS_MAX);
        let Some(last) = part.last().cloned() else { break };
        after = last;
        for gap in judge_part(tx, check, part, examiner).await? {
            let place = (gap.code.clone(), gap.subject.clone());
            match gaps.get_mut(&place) {
                Some(known) => add_up(&mut known.details, &gap.details),
                None => _ = gaps.insert(place, gap),
            }
        }
        if !more {
            break;
        }
    }
    Ok(gaps.into_values().collect())
}

async fn judge_part<T: AuditTx + crate::store::flow::Tx>(
    tx: &mut T, check: AuditCheck, part: Vec<(String, String)>, examiner: &Examiner<'_>,
) -> Result<Vec<Gap>, StoreError> {
    let mut subjects: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut proposals = Vec::with_capacity(part.len());
    for (subject, proposal) in part {
        proposals.push(proposal.clone());
        subjects.entry(subject).or_default().push(proposal);
    }
    let mut facts = unlocked(tx, proposals).await?;
    let ids: Vec<String> = subjects.keys().cloned().collect();
    let mut events: HashMap<String, Vec<KnownEvent>> = HashMap::new();
    for (subject, no, _, _, event_type, at, state, payload) in tx.audit_events(check, &ids, EVENTS_EACH).await? {
        events.entry(subject).or_default().push(KnownEvent { no, event_type, at: at.0, state, payload });
    }
    let judge = |(subject, proposals): (&String, &Vec<String>)| {
        let events = events.get(subject).map_or(&[][..], Vec::as_slice);
        examiner(&AuditCase { check, subject, events, proposals }, &mut facts)
    };
    Ok(subjects.iter().filter_map(judge).collect())
}

/// Adds the numbers of another part of the same subject.
fn add_up(sum: &mut Value, part: &Value) {
    let (Some(sum), Some(part)) = (sum.as_object_mut(), part.as_object()) else { return };
    for (name, value) in part {
        match (sum.get(name).and_then(Value::as_i64), value.as_i64()) {
            // Marks are folded, so that the order of the parts does not matter.
            (Some(a), Some(b)) if name == "mark" => sum.insert(name.clone(), (a ^ b).into()),
            (Some(a), Some(b)) => sum.insert(name.clone(), a.saturating_add(b).into()),
            _ => None,
        };
    }
}
