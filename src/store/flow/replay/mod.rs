//! Replays: each letter in one transaction with everything it does, its item and the replay's counts.
//!
//! A replay does not publish anything again: it goes straight to the database, so a crash between two letters leaves
//! nothing half done and nothing to remember.

mod job;
mod letter;
mod step;
mod trial;

pub(in crate::store) use job::{cancel, claim, create, end_replay, list, release};
pub(in crate::store) use step::{Hold, predict, step};
pub(in crate::store) use trial::{trial_apply, trial_begin};

use super::Call;
use super::aside::REFUSED;
use crate::event::DecodeLimits;
use crate::store::replay_rows::Cause;
use crate::store::{DeadClass, ReplayCall, StoreError, StoreOptions};
use crate::telemetry::facts::chain;

/// What a replay, a prediction or a trial was called with.
#[derive(Clone, Copy)]
pub(in crate::store) struct LetterCall<'a> {
    pub(super) flow: Call<'a>,
    pub(super) limits: DecodeLimits,
}

impl<'a> LetterCall<'a> {
    pub(in crate::store) fn new(call: ReplayCall<'a>, options: &'a StoreOptions) -> LetterCall<'a> {
        let ReplayCall { judge, wait, limits, now } = call;
        LetterCall { flow: Call { judge, wait, now, options }, limits }
    }
}

/// The cause of a letter whose effects the database refuses.
fn refused(error: &StoreError) -> Cause {
    let message = format!("{}: correct the data, then replay the letter", chain(error));
    Cause { class: DeadClass::Refused, code: REFUSED.to_owned(), message, pointer: None }
}
