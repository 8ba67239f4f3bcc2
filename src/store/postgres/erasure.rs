//! What is held about a person, and its erasure, on PostgreSQL.

use async_trait::async_trait;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::PostgresStore;
use super::letters::SNAPSHOT;
use super::operator::log_in;
use super::retention::archive_lock;
use super::tx::LASTING;
use crate::event::PersonId;
use crate::store::at::At;
use crate::store::erasure::redact::Words;
use crate::store::erasure::rows::{
    Cleared, EventRow, LetterRow, MESSAGE, PAGE, PatchRow, PersonRow, events, held, letters, patches,
};
use crate::store::error::classify;
use crate::store::letters::log::LogRow;
use crate::store::number_rows::count;
use crate::store::{Act, Erased, Erasure, ErasureStore, HELD_ROWS_MAX, PersonFacts, PersonHeld, StoreError};

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../sql/postgres/", $name, ".sql"))
    };
}

/// One field of all rows: a parameter for `unnest`.
macro_rules! column {
    ($rows:ident.$field:ident) => {
        $rows.iter().map(|row| row.$field.clone()).collect::<Vec<_>>()
    };
}

/// What is held, by kind: a statement each, which answers objects.
const HELD: [(&str, &str); 8] = [
    ("accounts", sql!("person_accounts")),
    ("proposals", sql!("person_proposals")),
    ("entries", sql!("person_entries")),
    ("decisions", sql!("person_decisions")),
    ("notices", sql!("person_notices")),
    ("events", sql!("person_events")),
    ("suppressions", sql!("person_suppressions")),
    ("dead_letters", sql!("person_letters")),
];

#[async_trait]
impl ErasureStore for PostgresStore {
    async fn person(&self, person: &PersonId) -> Result<PersonFacts, StoreError> {
        let mut conn = self.pool.acquire().await.map_err(classify("person"))?;
        facts(&mut conn, person).await
    }

    async fn person_held(&self, person: &PersonId, limit: u32) -> Result<PersonHeld, StoreError> {
        let fail = classify("person_held");
        let limit = limit.min(HELD_ROWS_MAX);
        let mut tx = self.pool.begin_with(SNAPSHOT).await.map_err(&fail)?;
        let facts = facts(&mut tx, person).await?;
        let mut kinds = Vec::with_capacity(HELD.len());
        for (kind, statement) in HELD {
            let query = sqlx::query_scalar(statement).bind(person.as_str()).bind(i64::from(limit) + 1);
            let texts: Vec<String> = query.fetch_all(&mut *tx).await.map_err(classify(kind))?;
            kinds.push(held(kind, &texts, limit)?);
        }
        tx.commit().await.map_err(&fail)?;
        Ok(PersonHeld { person: person.to_string(), facts, held: kinds })
    }

    async fn erase(&self, order: &Erasure, act: &Act, now: OffsetDateTime) -> Result<Erased, StoreError> {
        let fail = classify("erase");
        let mut tx = self.pool.begin().await.map_err(&fail)?;
        archive_lock(&mut tx).await?;
        sqlx::query(LASTING).execute(&mut *tx).await.map_err(&fail)?;
        let person = order.person.as_str();
        let facts = facts(&mut tx, &order.person).await?;
        let words = Words::of(facts.name.as_deref(), facts.email.as_deref(), &order.addresses);
        let mut done = Erased { view: facts.known && !facts.own_table, ..Erased::default() };
        clear_events(&mut tx, person, &words, now, &mut done).await?;
        let rows = sqlx::query_as::<_, (Uuid, bool)>(sql!("erasure_lock")).bind(person).fetch_all(&mut *tx).await;
        let rows = rows.map_err(classify("erasure_lock"))?;
        let busy = rows.iter().filter(|(_, busy)| *busy).count() as u64;
        if busy > 0 {
            tx.rollback().await.map_err(&fail)?;
            return Ok(Erased { sending: busy, ..Erased::default() });
        }
        let mut notices: Vec<Uuid> = rows.into_iter().map(|(id, _)| id).collect();
        clear_notices(&mut tx, &notices, now, &mut done).await?;
        let query = sqlx::query_scalar(sql!("erasure_archived")).bind(person).bind(At(now));
        let archived: Vec<Uuid> = query.fetch_all(&mut *tx).await.map_err(classify("erasure_archived"))?;
        done.notices += archived.len() as u64;
        notices.extend(archived);
        let query = sqlx::query(sql!("erasure_suppressions")).bind(words.addresses()).bind(&notices).bind(person);
        done.suppressions = query.execute(&mut *tx).await.map_err(classify("erasure_suppressions"))?.rows_affected();
        clear_letters(&mut tx, person, &words, now, &mut done).await?;
        clear_patches(&mut tx, person, &words, &mut done).await?;
        if facts.known && facts.own_table {
            let query = sqlx::query(sql!("erasure_people")).bind(person);
            done.facts = query.execute(&mut *tx).await.map_err(classify("erasure_people"))?.rows_affected() > 0;
        }
        let query = sqlx::query_scalar(sql!("erasure_log")).bind(words.addresses());
        done.log_rows = count(query.fetch_one(&mut *tx).await.map_err(classify("erasure_log"))?);
        if order.rehearse {
            tx.rollback().await.map_err(&fail)?;
            return Ok(done);
        }
        let query = sqlx::query(sql!("erasure_mark")).bind(person).bind(At(now));
        query.execute(&mut *tx).await.map_err(classify("erasure_mark"))?;
        let details = done.details(&order.person);
        log_in(&mut tx, &LogRow::new("people.erase", done.changed(), &details, act, now)).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(done)
    }

    async fn readmit(&self, person: &PersonId, act: &Act, now: OffsetDateTime) -> Result<bool, StoreError> {
        let fail = classify("readmit");
        let mut tx = self.pool.begin().await.map_err(&fail)?;
        let query = sqlx::query(sql!("erasure_unmark")).bind(person.as_str());
        let found = query.execute(&mut *tx).await.map_err(&fail)?.rows_affected() > 0;
        if found {
            let details = serde_json::json!({ "person": person.as_str() });
            log_in(&mut tx, &LogRow::new("people.readmit", 1, &details, act, now)).await?;
        }
        tx.commit().await.map_err(&fail)?;
        Ok(found)
    }
}

async fn facts(conn: &mut PgConnection, person: &PersonId) -> Result<PersonFacts, StoreError> {
    let query = sqlx::query_as::<_, PersonRow>(sql!("erasure_person")).bind(person.as_str());
    Ok(query.fetch_one(conn).await.map_err(classify("erasure_person"))?.facts())
}

async fn clear_notices(
    conn: &mut PgConnection, notices: &[Uuid], now: OffsetDateTime, done: &mut Erased,
) -> Result<(), StoreError> {
    let query = sqlx::query_scalar(sql!("erasure_notices")).bind(notices).bind(At(now));
    let unsent: Vec<bool> = query.fetch_all(&mut *conn).await.map_err(classify("erasure_notices"))?;
    done.notices = unsent.len() as u64;
    done.unsent = unsent.iter().filter(|unsent| **unsent).count() as u64;
    let query = sqlx::query(sql!("erasure_history")).bind(notices);
    query.execute(&mut *conn).await.map_err(classify("erasure_history"))?;
    let query = sqlx::query(sql!("erasure_announcements")).bind(notices).bind(At(now));
    done.announcements = query.execute(conn).await.map_err(classify("erasure_announcements"))?.rows_affected();
    Ok(())
}

async fn clear_events(
    conn: &mut PgConnection, person: &str, words: &Words, now: OffsetDateTime, done: &mut Erased,
) -> Result<(), StoreError> {
    let mut above = 0;
    loop {
        let query = sqlx::query_as::<_, EventRow>(sql!("erasure_events"));
        let query = query.bind(above).bind(person).bind(words.addresses()).bind(PAGE);
        let page = query.fetch_all(&mut *conn).await.map_err(classify("erasure_events"))?;
        let Some(last) = page.last() else { return Ok(()) };
        above = last.0;
        let cleared = events(&page, words);
        let query = sqlx::query(sql!("erasure_events_write"));
        let query = query.bind(column!(cleared.no)).bind(column!(cleared.text)).bind(At(now));
        done.events += query.execute(&mut *conn).await.map_err(classify("erasure_events_write"))?.rows_affected();
    }
}

async fn clear_letters(
    conn: &mut PgConnection, person: &str, words: &Words, now: OffsetDateTime, done: &mut Erased,
) -> Result<(), StoreError> {
    let mut above = 0;
    loop {
        let query = sqlx::query_as::<_, LetterRow>(sql!("erasure_letters"));
        let query = query.bind(above).bind(person).bind(words.addresses()).bind(PAGE);
        let page = query.fetch_all(&mut *conn).await.map_err(classify("erasure_letters"))?;
        let Some(last) = page.last() else { return Ok(()) };
        above = last.0;
        let cleared: Vec<Cleared> = letters(&page, words);
        let query = sqlx::query(sql!("erasure_letters_write"));
        let query = query.bind(column!(cleared.no)).bind(column!(cleared.body)).bind(column!(cleared.headers));
        let written = query.bind(At(now)).bind(MESSAGE).execute(&mut *conn).await;
        done.letters += written.map_err(classify("erasure_letters_write"))?.rows_affected();
        let query = sqlx::query(sql!("erasure_attempts")).bind(column!(cleared.no));
        query.execute(&mut *conn).await.map_err(classify("erasure_attempts"))?;
    }
}

async fn clear_patches(
    conn: &mut PgConnection, person: &str, words: &Words, done: &mut Erased,
) -> Result<(), StoreError> {
    let mut above = 0;
    loop {
        let query = sqlx::query_as::<_, PatchRow>(sql!("erasure_patches"));
        let query = query.bind(above).bind(person).bind(words.addresses()).bind(PAGE);
        let page = query.fetch_all(&mut *conn).await.map_err(classify("erasure_patches"))?;
        let Some(last) = page.last() else { return Ok(()) };
        above = last.0;
        let cleared: Vec<Cleared> = patches(&page, words);
        let query = sqlx::query(sql!("erasure_patches_write")).bind(column!(cleared.no)).bind(column!(cleared.body));
        done.replays += query.execute(&mut *conn).await.map_err(classify("erasure_patches_write"))?.rows_affected();
    }
}
