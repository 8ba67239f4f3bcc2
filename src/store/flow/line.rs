//! The line on which the chunks of a fan-out stand: while one is committed, others are written and the next is decided,
//! each in a transaction of its own.
//!
//! Accounts are locked when a chunk is decided, in the order of their ids, and chunks follow each other in that order.
//! A chunk is written before the one ahead of it only if nobody is told by both: else the two would meet in the unique
//! key of a letter, and the earlier one would wait for the later. The event's row is the lease. It is taken over from
//! chunk to chunk as each is committed, without waiting, and must be found where it was expected to stand, or what was
//! done ahead is rolled back.

use std::sync::{Mutex, PoisonError};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::oneshot;

use super::fanout::{self, Begun, Decided, Stand};
use super::inbox::Kept;
use super::run::{end, set_aside};
use super::{Begin, Call, aside};
use crate::fault::failpoint::kill_point;
use crate::store::{FanOutStep, FanOutTold, StoreError};

/// Chunks of a line at once, each with a connection: one that is committed, two that are written, one that is decided.
const AT_ONCE: usize = 4;

/// [`crate::store::Store::fan_out`]
pub(in crate::store) async fn fan_out<B: Begin>(store: &B, call: Call<'_>) -> Result<FanOutStep, StoreError> {
    let step = Mutex::new(FanOutStep::Idle);
    let told = |taken| *step.lock().unwrap_or_else(PoisonError::into_inner) = taken;
    fan_out_chunks(store, call, 1, &told).await?;
    Ok(step.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// [`crate::store::Store::fan_out_chunks`]
pub(in crate::store) async fn fan_out_chunks<B: Begin>(
    store: &B, call: Call<'_>, chunks_max: usize, told: FanOutTold<'_>,
) -> Result<bool, StoreError> {
    let mut at = None;
    let mut tx = store.begin("fan_out").await?;
    let done = match fanout::begin(&mut tx, call, &mut at).await {
        Ok(Begun::Chunk(chunk)) => {
            let (kept, decided) = *chunk;
            Line { store, kept: &kept, call, told }.run((tx, decided), chunks_max).await.map(|()| true)
        }
        Ok(Begun::Done(step)) => committed::<B>(tx, Ok(step)).await.map(|step| {
            let found = step != FanOutStep::Idle;
            told(step);
            found
        }),
        Err(error) => {
            B::roll_back(tx).await;
            Err(error)
        }
    };
    if let Err(error) = done {
        told(aside::stopped(set_aside(store, at, error, call).await?));
        return Ok(true);
    }
    done
}

/// What a chunk tells the one behind it. One that goes wrong tells nothing more, and so ends the line.
struct Ahead {
    /// Where the event will stand; `None`: it was the last.
    decided: oneshot::Sender<Option<Stand>>,
    /// The one behind may be written.
    written: oneshot::Sender<()>,
    committed: oneshot::Sender<()>,
}

/// What a chunk hears from the one ahead of it.
struct Behind {
    written: oneshot::Receiver<()>,
    committed: oneshot::Receiver<()>,
}

fn link() -> (Ahead, oneshot::Receiver<Option<Stand>>, Behind) {
    let (decided, next) = oneshot::channel();
    let ((written, may_write), (committed, may_commit)) = (oneshot::channel(), oneshot::channel());
    (Ahead { decided, written, committed }, next, Behind { written: may_write, committed: may_commit })
}

/// One event, and what it is called with.
struct Line<'a, B: Begin> {
    store: &'a B,
    kept: &'a Kept,
    call: Call<'a>,
    told: FanOutTold<'a>,
}

impl<B: Begin> Line<'_, B> {
    /// Brings the first chunk, which has locked the event, and those behind it to their end. An error is the first
    /// one's; what goes wrong with a later one is met again when that is the first.
    async fn run(&self, (tx, decided): (B::Tx, Decided), chunks_max: usize) -> Result<(), StoreError> {
        let (ahead, mut next, mut behind) = link();
        let mut first = std::pin::pin!(self.walk(tx, decided, None, ahead));
        let (mut outcome, mut under_way) = (None, FuturesUnordered::new());
        let (mut begun, mut open) = (1, B::SEVERAL && chunks_max > 1);
        loop {
            let at_work = under_way.len() + usize::from(outcome.is_none());
            tokio::select! {
                stand = &mut next, if open && at_work < AT_ONCE => {
                    open = false;
                    if let Ok(Some(stand)) = stand {
                        let (ahead, after_it, of_it) = link();
                        let of_one_ahead = std::mem::replace(&mut behind, of_it);
                        under_way.push(self.follow(stand, of_one_ahead, ahead));
                        next = after_it;
                        begun += 1;
                        open = begun < chunks_max;
                    }
                }
                done = &mut first, if outcome.is_none() => outcome = Some(done),
                Some(()) = under_way.next() => {}
                else => break,
            }
        }
        outcome.unwrap_or(Ok(()))
    }

    /// A chunk behind another.
    async fn follow(&self, after: Stand, behind: Behind, ahead: Ahead) {
        let Ok(mut tx) = self.store.begin("fan_out").await else { return };
        match fanout::ahead(&mut tx, self.kept, &after, self.call).await {
            // Whether it went well is heard by the one behind it, and by nobody else.
            Ok(Some(decided)) => drop(self.walk(tx, decided, Some((after, behind)), ahead).await),
            _ => B::roll_back(tx).await,
        }
    }

    /// Writes a chunk and commits it, each when the one ahead of it lets it.
    async fn walk(
        &self, mut tx: B::Tx, mut decided: Decided, place: Option<(Stand, Behind)>, ahead: Ahead,
    ) -> Result<(), StoreError> {
        // Nobody hears it where this is the end of the line.
        ahead.decided.send(decided.next.clone()).ok();
        match self.written(&mut tx, &mut decided, place, ahead.written).await {
            Ok(true) => {}
            gone => {
                B::roll_back(tx).await;
                return gone.map(drop);
            }
        }
        let step = decided.finish(&mut tx, self.kept.no, self.call).await;
        let step = committed::<B>(tx, step).await?;
        ahead.committed.send(()).ok();
        (self.told)(step);
        Ok(())
    }

    /// Writes a chunk, and waits until it is its turn to be committed; `false`: it never is.
    async fn written(
        &self, tx: &mut B::Tx, decided: &mut Decided, place: Option<(Stand, Behind)>, ahead: oneshot::Sender<()>,
    ) -> Result<bool, StoreError> {
        let place = match place {
            Some((after, Behind { written, committed })) => {
                if written.await.is_err() {
                    return Ok(false);
                }
                Some((after, committed))
            }
            None => None,
        };
        let mut ahead = Some(ahead);
        let mut pass_on = || ahead.take().map(|ahead| ahead.send(()));
        if !decided.more_to_come {
            pass_on();
        }
        decided.write(tx).await?;
        pass_on();
        match place {
            None => Ok(true),
            Some((after, turn)) => match turn.await {
                Ok(()) => fanout::take_over(tx, self.kept, &after).await,
                Err(_) => Ok(false),
            },
        }
    }
}

/// Commits a step, or rolls back what failed.
async fn committed<B: Begin>(tx: B::Tx, step: Result<FanOutStep, StoreError>) -> Result<FanOutStep, StoreError> {
    let advanced = matches!(step, Ok(FanOutStep::Advanced { .. }));
    if advanced {
        kill_point("k5-fan-out");
    }
    let step = end::<B, _>("fan_out", tx, step).await?;
    if advanced {
        kill_point("k9");
    }
    Ok(step)
}
