//! Each use case as one transaction: begun, run, and committed or rolled back; what the data refuses is put aside.

use async_trait::async_trait;

use super::{Call, Tx, aside};
use crate::fault::failpoint::kill_point;
use crate::store::{Batch, Outcome, StoreError};

/// A database that can begin a transaction.
#[async_trait]
pub(in crate::store) trait Begin: Sync {
    /// Its transactions.
    type Tx: Tx;
    /// Whether two transactions that write can be open at once.
    const SEVERAL: bool;
    /// Begins one.
    async fn begin(&self, doing: &'static str) -> Result<Self::Tx, StoreError>;
    /// Begins one that only reads, as of one moment.
    async fn begin_reading(&self, doing: &'static str) -> Result<Self::Tx, StoreError>;
    /// Commits it. Where the reply is lost the outcome is unknown, and the inbox tells.
    async fn commit(doing: &'static str, tx: Self::Tx) -> Result<(), StoreError>;
    /// Rolls it back, and waits for that.
    async fn roll_back(tx: Self::Tx);
}

/// [`crate::store::Store::apply`]
pub(in crate::store) async fn apply<B: Begin>(
    store: &B, batch: &Batch, call: Call<'_>,
) -> Result<Vec<Outcome>, StoreError> {
    let mut tx = store.begin("apply").await?;
    // Here, not in `begin` and `end`: those of an idle poll would be passed all the time.
    kill_point("k2");
    let done = super::apply::apply(&mut tx, batch, call).await;
    if done.is_ok() {
        kill_point("k5");
    }
    end::<B, _>("apply", tx, done).await
}

/// [`crate::store::Store::apply_due`]
pub(in crate::store) async fn apply_due<B: Begin>(
    store: &B, limit: u32, call: Call<'_>,
) -> Result<Vec<Outcome>, StoreError> {
    let mut alone = None;
    let mut tx = store.begin("apply_due").await?;
    let done = super::apply::apply_due(&mut tx, limit, call, &mut alone).await;
    match end::<B, _>("apply_due", tx, done).await {
        Err(error) => Ok(vec![set_aside(store, alone, error, call).await?]),
        done => done,
    }
}

/// Puts the event off whose data the database refused, so that those behind it go on; else the error stays one.
pub(super) async fn set_aside<B: Begin>(
    store: &B, event: Option<i64>, error: StoreError, call: Call<'_>,
) -> Result<Outcome, StoreError> {
    let Some(event) = event.filter(|_| error.is_about_data()) else {
        return Err(error);
    };
    let mut tx = store.begin("set_aside").await?;
    let done = aside::set_aside(&mut tx, event, &error, call).await;
    end::<B, _>("set_aside", tx, done).await?.ok_or(error)
}

/// Commits what is done, or rolls back what failed. Both are waited for: a lock left behind would be met by what comes
/// next.
pub(in crate::store) async fn end<B: Begin, R>(
    doing: &'static str, tx: B::Tx, done: Result<R, StoreError>,
) -> Result<R, StoreError> {
    match done {
        Ok(done) => B::commit(doing, tx).await.map(|()| done),
        Err(error) => {
            B::roll_back(tx).await;
            Err(error)
        }
    }
}
