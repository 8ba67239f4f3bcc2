//! The use cases that take events in, written once for both databases.
//!
//! What differs between PostgreSQL and SQLite is behind [`Tx`]: one method a statement. Everything that decides what is
//! written, in which order and with which checks stands here, so the two cannot drift.

mod apply;
mod aside;
mod facts;
mod fanout;
mod inbox;
mod known;
mod line;
mod letter_tx;
pub(super) mod replay;
mod run;
mod tx;
mod write;

pub(super) use facts::{Reach, unlocked};
pub(super) use letter_tx::LetterTx;
pub(super) use line::{fan_out, fan_out_chunks};
pub(super) use run::{Begin, apply, apply_due, end};
pub(super) use tx::{Limits, Scope, Taken, Tx};

use time::OffsetDateTime;

use super::{Judge, StoreOptions, WaitRule};

/// What a use case was called with.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) judge: &'a dyn Judge,
    pub(super) wait: &'a WaitRule,
    pub(super) now: OffsetDateTime,
    pub(super) options: &'a StoreOptions,
}

impl Call<'_> {
    fn limits(&self) -> Limits {
        Limits { each: self.options.inline_proposals_max.into(), all: self.options.batch_proposals_max.into() }
    }
}
