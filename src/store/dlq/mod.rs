//! Dead letters as operators and the daemon work on them: looked at, tried, replayed, put away; every act on record.

mod burial;
mod fields;
mod letter;
pub mod ndjson;
mod operator;
mod replay;

pub(in crate::store) use burial::fingerprint;
pub use burial::{DEAD_BODY_MAX, DeadClass, DeadLetter};
pub use letter::{
    Attempt, AttemptKind, GROUPS_MAX, Letter, LetterFilter, LetterGroup, LetterPage, LetterState, LetterSummary,
    PAGE_MAX,
};
pub use operator::{Act, OperatorEntry, OperatorFilter};
pub use replay::{
    LetterOutcome, Prediction, REPLAY_ITEMS_MAX, Replay, ReplayCall, ReplayEffects, ReplayEnd, ReplayOrder,
    ReplayState, ReplayStep, Selection, Trial,
};

use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::StoreError;

/// The use cases of the dead-letter store. As in [`Store`](super::Store), every method is one transaction.
///
/// Whatever changes a letter locks it first, so two operators at the same letter get one effect and a clear answer. An
/// act and its row in `operator_log` are one transaction.
#[async_trait]
pub trait DeadLetterStore {
    /// Letters that match, newest first (by id: ids are given in the order in which letters first came), at most
    /// `page.limit` of them with an id below `page.before`.
    async fn letters(&self, filter: &LetterFilter, page: LetterPage) -> Result<Vec<LetterSummary>, StoreError>;

    /// Ids of letters that match, in ascending order, at most `limit` ([`PAGE_MAX`]) of them, above `after`: where a
    /// list goes back to newer ones.
    async fn letter_ids(&self, filter: &LetterFilter, after: i64, limit: u32) -> Result<Vec<i64>, StoreError>;

    /// How many letters match.
    async fn letters_count(&self, filter: &LetterFilter) -> Result<u64, StoreError>;

    /// Letters that match by fingerprint, the most numerous first, at most [`GROUPS_MAX`].
    async fn letter_groups(&self, filter: &LetterFilter) -> Result<Vec<LetterGroup>, StoreError>;

    /// One letter with body, headers and history; `None`: there is none of this id.
    async fn letter(&self, id: i64) -> Result<Option<Letter>, StoreError>;

    /// Letters that match, whole, in the order of their ids, at most `limit` ([`PAGE_MAX`]) with an id above
    /// `after`: what `export` writes page by page, until a page is empty. A body is up to
    /// [`DEAD_BODY_MAX`] long, so a page is best some hundred letters.
    async fn letters_whole(&self, filter: &LetterFilter, after: i64, limit: u32) -> Result<Vec<Letter>, StoreError>;

    /// Takes exported letters in. One whose digest is known already is left alone. Answers how many are new.
    async fn letters_import(&self, letters: &[Letter], act: &Act, now: OffsetDateTime) -> Result<u64, StoreError>;

    /// Puts open letters into the archive; answers their ids.
    async fn discard(
        &self, selection: &Selection, limit: u64, act: &Act, now: OffsetDateTime,
    ) -> Result<Vec<i64>, StoreError>;

    /// Takes letters out of the archive: discarded ones are open again. Answers their ids.
    async fn restore(
        &self, selection: &Selection, limit: u64, act: &Act, now: OffsetDateTime,
    ) -> Result<Vec<i64>, StoreError>;

    /// Deletes letters that were resolved or discarded before `settled_before`, oldest first, at most `limit` of them;
    /// answers how many. Replays keep their numbers.
    async fn purge(
        &self, settled_before: OffsetDateTime, limit: u32, act: &Act, now: OffsetDateTime,
    ) -> Result<u64, StoreError>;

    /// Writes down an act that changes no row by itself (an export).
    async fn note(
        &self, action: &'static str, affected: u64, details: &serde_json::Value, act: &Act, now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// The operators' log, newest first, at most `limit` rows with a number below `before`.
    async fn operator_log(&self, before: Option<i64>, limit: u32) -> Result<Vec<OperatorEntry>, StoreError>;

    /// Its rows that match, in the same order.
    async fn operator_acts(
        &self, filter: &OperatorFilter, before: Option<i64>, limit: u32,
    ) -> Result<Vec<OperatorEntry>, StoreError>;

    /// What replaying these letters would do, each as if alone, with the running version, today's ledger and policy:
    /// the very transaction of a replay, rolled back. At most [`PAGE_MAX`] ids.
    async fn predict(
        &self, ids: &[i64], effects: ReplayEffects, patch: Option<&[u8]>, call: ReplayCall<'_>,
    ) -> Result<Vec<Prediction>, StoreError>;

    /// Freezes the ids of a new replay, in ascending order, and writes it into the operators' log. Nothing is replayed
    /// yet: whoever claims it does that.
    async fn replay_create(&self, order: &ReplayOrder, act: &Act, now: OffsetDateTime) -> Result<Replay, StoreError>;

    /// Takes a replay over for `lease_for` under the fencing `token`: `which`, or the oldest one that is pending or
    /// whose lease has run out. `None`: there is none, or another holds it.
    async fn replay_claim(
        &self, which: Option<i64>, token: Uuid, lease_for: Duration, now: OffsetDateTime,
    ) -> Result<Option<Replay>, StoreError>;

    /// Does the next item of a replay: its effects, the letter's new state, the item and the replay's counts are one
    /// transaction, which also renews the lease. What the database refuses for its data is rolled back, and written
    /// down as a failure of this letter in another.
    async fn replay_step(
        &self, replay: i64, token: Uuid, lease_for: Duration, call: ReplayCall<'_>,
    ) -> Result<ReplayStep, StoreError>;

    /// Ends a replay that is still held under `token`, with a row in the operators' log; `false`: it was not.
    async fn replay_end(
        &self, replay: i64, token: Uuid, end: ReplayEnd, now: OffsetDateTime,
    ) -> Result<bool, StoreError>;

    /// Gives a replay back, so that another may claim it at once.
    async fn replay_release(&self, replay: i64, token: Uuid) -> Result<(), StoreError>;

    /// Cancels a replay, also one that another process works at: it stops before its next item. Answers the replay as
    /// it is now, or `None` if there is none; one that had ended stays as it was.
    async fn replay_cancel(&self, replay: i64, act: &Act, now: OffsetDateTime) -> Result<Option<Replay>, StoreError>;

    /// One replay, or the newest `limit`.
    async fn replays(&self, which: Option<i64>, limit: u32) -> Result<Vec<Replay>, StoreError>;

    /// Begins the trial of a letter that the broker gave up, and writes that down before anything is tried: the letter
    /// is held for `lease_for`. One that has had `trials_max` trials, none of which came to an end, is condemned
    /// instead: open, code `kills_the_process`. `None`: no letter is to be tried.
    async fn trial_begin(
        &self, lease_for: Duration, trials_max: u32, now: OffsetDateTime,
    ) -> Result<Option<Trial>, StoreError>;

    /// Tries a letter whose trial has begun: applied as in a replay with both effects, or open with its cause.
    async fn trial_apply(&self, letter: i64, call: ReplayCall<'_>) -> Result<LetterOutcome, StoreError>;
}
