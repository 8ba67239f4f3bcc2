//! The statements about letters and replays on SQLite: one method, one SQL file.

use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::dead::attempts_in;
use super::json;
use super::operator::{chosen, log_in};
use super::tx::SqliteTx;
use crate::store::at::At;
use crate::store::dlq::fingerprint;
use crate::store::error::classify;
use crate::store::flow::LetterTx;
use crate::store::letters::log::LogRow;
use crate::store::letters::rows::AttemptRow;
use crate::store::notice_rows::lease_micros;
use crate::store::replay_rows::{Cause, KnownRow, LetterRow, ReplayRow, Rise, ramp_json};
use crate::store::rows::NewEventRow;
use crate::store::{LetterState, ReplayOrder, Selection, StoreError};

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../sql/sqlite/", $name, ".sql"))
    };
}

#[async_trait]
impl LetterTx for SqliteTx {
    async fn letter_lock(&mut self, letter: i64) -> Result<Option<LetterRow>, StoreError> {
        let query = sqlx::query_as(sql!("letter_lock")).bind(letter);
        query.fetch_optional(&mut *self.0).await.map_err(classify("letter_lock"))
    }

    async fn letter_resolve(&mut self, letter: i64, now: OffsetDateTime) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("letter_resolve")).bind(letter).bind(At(now));
        query.execute(&mut *self.0).await.map_err(classify("letter_resolve"))?;
        Ok(())
    }

    async fn letter_fail(
        &mut self, letter: i64, cause: &Cause, event_type: Option<&str>, now: OffsetDateTime,
    ) -> Result<u64, StoreError> {
        let query = sqlx::query(sql!("letter_fail"))
            .bind(letter)
            .bind(cause.class.as_str())
            .bind(&cause.code)
            .bind(&cause.message)
            .bind(&cause.pointer)
            .bind(env!("CARGO_PKG_VERSION"))
            .bind(At(now))
            .bind(fingerprint(&cause.code, event_type, cause.pointer.as_deref()));
        let done = query.execute(&mut *self.0).await.map_err(classify("letter_fail"))?;
        Ok(done.rows_affected())
    }

    async fn letter_attempt(&mut self, row: AttemptRow) -> Result<(), StoreError> {
        attempts_in(&mut self.0, &[row]).await
    }

    async fn letters_chosen(
        &mut self, selection: &Selection, states: &[LetterState], limit: u64,
    ) -> Result<Vec<i64>, StoreError> {
        chosen(&mut self.0, selection, states, limit).await
    }

    async fn events_by_key(&mut self, source: &str, id: &str) -> Result<Option<KnownRow>, StoreError> {
        let query = sqlx::query_as(sql!("events_by_key")).bind(source).bind(id);
        query.fetch_optional(&mut *self.0).await.map_err(classify("events_by_key"))
    }

    async fn events_replace(&mut self, event: i64, row: &NewEventRow) -> Result<u64, StoreError> {
        let query = sqlx::query(sql!("events_replace"))
            .bind(event)
            .bind(row.event_type)
            .bind(row.occurred_at)
            .bind(&row.payload)
            .bind(&row.payload_hash)
            .bind(&row.traceparent)
            .bind(row.published_at)
            .bind(&row.job_id)
            .bind(&row.client_id)
            .bind(&row.proposal_id)
            .bind(&row.person_id);
        let done = query.execute(&mut *self.0).await.map_err(classify("events_replace"))?;
        Ok(done.rows_affected())
    }

    async fn events_mark(&mut self, event: i64, withhold: Option<&str>, letter: Option<i64>) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("events_mark")).bind(event).bind(withhold).bind(letter);
        query.execute(&mut *self.0).await.map_err(classify("events_mark"))?;
        Ok(())
    }

    async fn events_of_letter(
        &mut self, letter: i64, event: Option<(&str, &str, &[u8])>,
    ) -> Result<Vec<(i64, String, Option<String>)>, StoreError> {
        let query = sqlx::query_as(sql!("events_of_letter"))
            .bind(letter)
            .bind(event.map(|event| event.0))
            .bind(event.map(|event| event.1))
            .bind(event.map(|event| event.2));
        query.fetch_all(&mut *self.0).await.map_err(classify("events_of_letter"))
    }

    async fn notices_let_go(
        &mut self, event: i64, due: Option<OffsetDateTime>, code: Option<&str>,
    ) -> Result<u64, StoreError> {
        let query = sqlx::query(sql!("notices_let_go")).bind(event).bind(due.map(At)).bind(code);
        let done = query.execute(&mut *self.0).await.map_err(classify("notices_let_go"))?;
        Ok(done.rows_affected())
    }

    async fn replay_insert(
        &mut self, order: &ReplayOrder, by: (&str, &str), items: i64, now: OffsetDateTime,
    ) -> Result<ReplayRow, StoreError> {
        let query = sqlx::query_as(sql!("replay_insert"))
            .bind(by.0)
            .bind(by.1)
            .bind(order.effects.as_str())
            .bind(order.rate.map(i64::from))
            .bind(ramp_json(&order.ramp))
            .bind(order.stop_after_failures.map(i64::from))
            .bind(order.patch.as_deref())
            .bind(items)
            .bind(At(now));
        query.fetch_one(&mut *self.0).await.map_err(classify("replay_insert"))
    }

    async fn replay_items_insert(&mut self, replay: i64, letters: &[i64]) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("replay_items_insert")).bind(replay).bind(json(letters)?);
        query.execute(&mut *self.0).await.map_err(classify("replay_items_insert"))?;
        Ok(())
    }

    async fn replay_claim(
        &mut self, which: Option<i64>, token: Uuid, lease_for: Duration, now: OffsetDateTime,
    ) -> Result<Option<ReplayRow>, StoreError> {
        let query =
            sqlx::query_as(sql!("replay_claim")).bind(which).bind(token).bind(lease_micros(lease_for)).bind(At(now));
        query.fetch_optional(&mut *self.0).await.map_err(classify("replay_claim"))
    }

    async fn replay_hold(
        &mut self, replay: i64, token: Uuid, lease_for: Duration,
    ) -> Result<Option<(String, Option<Vec<u8>>)>, StoreError> {
        let query = sqlx::query_as(sql!("replay_hold")).bind(replay).bind(token).bind(lease_micros(lease_for));
        query.fetch_optional(&mut *self.0).await.map_err(classify("replay_hold"))
    }

    async fn replay_next(&mut self, replay: i64) -> Result<Option<(i64, i64)>, StoreError> {
        let query = sqlx::query_as(sql!("replay_next")).bind(replay);
        query.fetch_optional(&mut *self.0).await.map_err(classify("replay_next"))
    }

    async fn replay_item_done(
        &mut self, replay: i64, position: i64, became: (&str, &str, Option<&str>), now: OffsetDateTime,
    ) -> Result<u64, StoreError> {
        let (state, outcome, code) = became;
        let query = sqlx::query(sql!("replay_item_done"))
            .bind(replay)
            .bind(position)
            .bind(state)
            .bind(outcome)
            .bind(code)
            .bind(At(now));
        let done = query.execute(&mut *self.0).await.map_err(classify("replay_item_done"))?;
        Ok(done.rows_affected())
    }

    async fn replay_count(&mut self, replay: i64, rise: Rise) -> Result<ReplayRow, StoreError> {
        let query = sqlx::query_as(sql!("replay_count"))
            .bind(replay)
            .bind(rise.done)
            .bind(rise.failed)
            .bind(rise.skipped)
            .bind(rise.credits)
            .bind(rise.connects)
            .bind(rise.notices);
        query.fetch_one(&mut *self.0).await.map_err(classify("replay_count"))
    }

    async fn replay_end(
        &mut self, replay: i64, token: Option<Uuid>, state: &'static str, now: OffsetDateTime,
    ) -> Result<Option<ReplayRow>, StoreError> {
        let query = sqlx::query_as(sql!("replay_end")).bind(replay).bind(token).bind(state).bind(At(now));
        query.fetch_optional(&mut *self.0).await.map_err(classify("replay_end"))
    }

    async fn replay_release(&mut self, replay: i64, token: Uuid) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("replay_release")).bind(replay).bind(token);
        query.execute(&mut *self.0).await.map_err(classify("replay_release"))?;
        Ok(())
    }

    async fn replays_read(&mut self, which: Option<i64>, limit: u32) -> Result<Vec<ReplayRow>, StoreError> {
        let query = sqlx::query_as(sql!("replays_read")).bind(which).bind(i64::from(limit));
        query.fetch_all(&mut *self.0).await.map_err(classify("replays_read"))
    }

    async fn trial_next(&mut self) -> Result<Option<(i64, i32, Option<String>)>, StoreError> {
        let query = sqlx::query_as(sql!("trial_next"));
        query.fetch_optional(&mut *self.0).await.map_err(classify("trial_next"))
    }

    async fn trial_start(&mut self, letter: i64, lease_for: Duration) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("trial_start")).bind(letter).bind(lease_micros(lease_for));
        query.execute(&mut *self.0).await.map_err(classify("trial_start"))?;
        Ok(())
    }

    async fn log(&mut self, row: &LogRow) -> Result<(), StoreError> {
        log_in(&mut self.0, row).await
    }
}
