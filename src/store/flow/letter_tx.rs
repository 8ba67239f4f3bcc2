//! What a database does with dead letters and replays inside one transaction: a method a statement, as in `tx`.

use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::store::letters::log::LogRow;
use crate::store::letters::rows::AttemptRow;
use crate::store::replay_rows::{Cause, KnownRow, LetterRow, ReplayRow, Rise};
use crate::store::rows::NewEventRow;
use crate::store::{LetterState, ReplayOrder, Selection, StoreError};

/// The statements about letters and replays of a transaction under way.
#[async_trait]
pub(in crate::store) trait LetterTx: Send {
    /// Locks one letter.
    async fn letter_lock(&mut self, letter: i64) -> Result<Option<LetterRow>, StoreError>;
    /// It is resolved.
    async fn letter_resolve(&mut self, letter: i64, now: OffsetDateTime) -> Result<(), StoreError>;
    /// It is open, with this cause; the number of rows changed.
    async fn letter_fail(
        &mut self, letter: i64, cause: &Cause, event_type: Option<&str>, now: OffsetDateTime,
    ) -> Result<u64, StoreError>;
    /// Adds to its history.
    async fn letter_attempt(&mut self, row: AttemptRow) -> Result<(), StoreError>;
    /// The ids of a selection, lowest first, each once; those of a filter in one of `states`. Nothing is locked.
    async fn letters_chosen(
        &mut self, selection: &Selection, states: &[LetterState], limit: u64,
    ) -> Result<Vec<i64>, StoreError>;

    /// Locks the event of a key, whatever its state.
    async fn events_by_key(&mut self, source: &str, id: &str) -> Result<Option<KnownRow>, StoreError>;
    /// A dead event that has decided nothing takes this payload; the number of rows changed.
    async fn events_replace(&mut self, event: i64, row: &NewEventRow) -> Result<u64, StoreError>;
    /// Writes down why its notices are kept back, and which letter it came from (`None`: as it is).
    async fn events_mark(&mut self, event: i64, withhold: Option<&str>, letter: Option<i64>) -> Result<(), StoreError>;
    /// Locks the events replayed from a letter, and that of this source, id and payload hash: number, state, why its
    /// notices are kept back.
    async fn events_of_letter(
        &mut self, letter: i64, event: Option<(&str, &str, &[u8])>,
    ) -> Result<Vec<(i64, String, Option<String>)>, StoreError>;
    /// Lets an event's notices go that were kept back, of one code or all: due then, or (`None`) when the event makes
    /// them due. How many.
    async fn notices_let_go(
        &mut self, event: i64, due: Option<OffsetDateTime>, code: Option<&str>,
    ) -> Result<u64, StoreError>;

    /// Orders a replay.
    async fn replay_insert(
        &mut self, order: &ReplayOrder, by: (&str, &str), items: i64, now: OffsetDateTime,
    ) -> Result<ReplayRow, StoreError>;
    /// Freezes its letters, in this order.
    async fn replay_items_insert(&mut self, replay: i64, letters: &[i64]) -> Result<(), StoreError>;
    /// Takes over this replay, or the oldest that nobody holds.
    async fn replay_claim(
        &mut self, which: Option<i64>, token: Uuid, lease_for: Duration, now: OffsetDateTime,
    ) -> Result<Option<ReplayRow>, StoreError>;
    /// Renews its lease and locks it; its effects and its patch.
    async fn replay_hold(
        &mut self, replay: i64, token: Uuid, lease_for: Duration,
    ) -> Result<Option<(String, Option<Vec<u8>>)>, StoreError>;
    /// Position and letter of its next item.
    async fn replay_next(&mut self, replay: i64) -> Result<Option<(i64, i64)>, StoreError>;
    /// Writes down what became of an item (state, outcome, code); the number of rows changed.
    async fn replay_item_done(
        &mut self, replay: i64, position: i64, became: (&str, &str, Option<&str>), now: OffsetDateTime,
    ) -> Result<u64, StoreError>;
    /// Counts what an item did.
    async fn replay_count(&mut self, replay: i64, rise: Rise) -> Result<ReplayRow, StoreError>;
    /// Ends it in this state, whoever holds it, or only under this token.
    async fn replay_end(
        &mut self, replay: i64, token: Option<Uuid>, state: &'static str, now: OffsetDateTime,
    ) -> Result<Option<ReplayRow>, StoreError>;
    /// Gives it back.
    async fn replay_release(&mut self, replay: i64, token: Uuid) -> Result<(), StoreError>;
    /// One replay, or the newest.
    async fn replays_read(&mut self, which: Option<i64>, limit: u32) -> Result<Vec<ReplayRow>, StoreError>;

    /// Locks the oldest letter that is to be tried and that nobody tries; how many trials it had, and its type.
    async fn trial_next(&mut self) -> Result<Option<(i64, i32, Option<String>)>, StoreError>;
    /// Its trial begins.
    async fn trial_start(&mut self, letter: i64, lease_for: Duration) -> Result<(), StoreError>;

    /// Writes down an operator's act.
    async fn log(&mut self, row: &LogRow) -> Result<(), StoreError>;
}
