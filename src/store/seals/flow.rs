//! Sets seals: only over numbers below which no open transaction can still write.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{SEAL_ENTRIES_MAX, Seal, SealStep, SealTx, chain};
use crate::store::StoreError;
use crate::store::flow::Begin;

/// Up to where may be sealed once the writers of then have ended, and the newest seal as it was set.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Front {
    no: i64,
    writers: String,
    pub(super) head: Option<(i64, String)>,
}

impl Front {
    /// One that cannot be read is looked for anew.
    pub(super) fn read(mark: Option<&str>) -> Option<Front> {
        mark.and_then(|text| serde_json::from_str(text).ok())
    }

    fn text(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

/// [`super::SealStore::seal_next`]
pub(in crate::store) async fn seal_next<B: Begin>(store: &B, now: OffsetDateTime) -> Result<SealStep, StoreError>
where
    B::Tx: SealTx,
{
    let mut tx = store.begin("seal_next").await?;
    match step(&mut tx, now).await {
        Ok(step) => B::commit("seal_next", tx).await.map(|()| step),
        Err(error) => {
            B::roll_back(tx).await;
            Err(error)
        }
    }
}

async fn step<T: SealTx>(tx: &mut T, now: OffsetDateTime) -> Result<SealStep, StoreError> {
    if !tx.seal_lock().await? {
        return Ok(SealStep::Idle);
    }
    let last = tx.seals_newest(1).await?.pop();
    let after = last.as_ref().map_or(0, |seal| seal.to);
    let mut front = Front::read(tx.seal_mark().await?.as_deref()).unwrap_or_default();
    if front.no <= after {
        (front.no, front.writers) = tx.seal_front().await?;
        tx.seal_mark_write(&front.text()).await?;
    }
    if front.no <= after {
        return Ok(SealStep::Idle);
    }
    if tx.seal_waits(&front.writers).await? {
        return Ok(SealStep::Waiting);
    }
    let limit = i64::from(SEAL_ENTRIES_MAX);
    let low = if last.is_none() { i64::MIN } else { after };
    let rows = tx.seal_entries(low, front.no, limit).await?;
    let Some(newest) = rows.last() else {
        // What the front was taken from is gone again: before it was sealed, so no seal tells of it.
        tx.seal_mark_write(&Front { head: front.head, ..Front::default() }.text()).await?;
        return Ok(SealStep::Idle);
    };
    let full = rows.len() >= SEAL_ENTRIES_MAX as usize;
    let seal = chain::make(last.as_ref(), if full { newest.0 } else { front.no }, &rows, now);
    tx.seal_write(&seal).await?;
    front.head = Some((seal.no, seal.digest.clone()));
    tx.seal_mark_write(&front.text()).await?;
    Ok(SealStep::Sealed(seal))
}

/// [`super::SealStore::seals`]
pub(in crate::store) async fn newest<B: Begin>(store: &B, limit: u32) -> Result<Vec<Seal>, StoreError>
where
    B::Tx: SealTx,
{
    let mut tx = store.begin_reading("seals_newest").await?;
    let seals = tx.seals_newest(i64::from(limit)).await;
    B::roll_back(tx).await;
    seals
}

/// [`super::SealStore::seal`]
pub(in crate::store) async fn seal<B: Begin>(store: &B, no: i64) -> Result<Option<Seal>, StoreError>
where
    B::Tx: SealTx,
{
    let mut tx = store.begin_reading("seals_from").await?;
    let seals = tx.seals_from(no, 1).await;
    B::roll_back(tx).await;
    Ok(seals?.pop().filter(|seal| seal.no == no))
}
