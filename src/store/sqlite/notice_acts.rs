//! What operators do to notices, each act with its row in their log, on SQLite.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::notices::newest;
use super::operator::log_in;
use super::{SqliteStore, json};
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::letters::log::LogRow;
use crate::store::notices::filter::{details, within};
use crate::store::notices::rows::read_state;
use crate::store::{
    Act, NoticeAct, NoticeCursor, NoticeOrder, NoticeSelection, NoticeState, NoticesChanged, PAGE_MAX, StoreError,
};

const LOCK: &str = include_str!("../sql/sqlite/outbox_lock.sql");
const NOTE: &str = include_str!("../sql/sqlite/outbox_note.sql");
const HOLD: &str = include_str!("../sql/sqlite/outbox_hold.sql");
const RELEASE: &str = include_str!("../sql/sqlite/outbox_release.sql");
const RESEND: &str = include_str!("../sql/sqlite/outbox_resend.sql");
const FOLLOW: &str = include_str!("../sql/sqlite/announcements_follow.sql");
const MARK: &str = include_str!("../sql/sqlite/outbox_mark.sql");
const STATES: &str = include_str!("../sql/sqlite/outbox_states.sql");

impl SqliteStore {
    pub(super) async fn notices_change(
        &self, order: &NoticeOrder, act: &Act, now: OffsetDateTime,
    ) -> Result<NoticesChanged, StoreError> {
        let fail = classify("notices_change");
        let mut tx = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        // Events before notices, as everywhere.
        let events = mark(&mut tx, order).await?;
        let (ids, next) = candidates(&mut tx, order).await?;
        let codes = order.what.codes(&order.which);
        let changed = change(&mut tx, order.what, &ids, &codes, now).await?;
        let left = left(&mut tx, order, &changed).await?;
        let answer = NoticesChanged { changed, left, events, next };
        if order.rehearse {
            tx.rollback().await.map_err(&fail)?;
            return Ok(answer);
        }
        let affected = answer.changed.len() as u64;
        if affected > 0 || order.before.is_none() {
            let details = details(&order.which, &answer);
            log_in(&mut tx, &LogRow::new(order.what.action(), affected, &details, act, now)).await?;
        }
        tx.commit().await.map_err(&fail)?;
        Ok(answer)
    }
}

/// The number of events whose mark changed.
async fn mark(conn: &mut SqliteConnection, order: &NoticeOrder) -> Result<u64, StoreError> {
    let (Some((from, to)), Some((source, id))) = (order.what.mark(), order.which.whole_event()) else { return Ok(0) };
    let query = sqlx::query(MARK).bind(source).bind(id).bind(from).bind(to);
    Ok(query.execute(conn).await.map_err(classify("outbox_mark"))?.rows_affected())
}

/// The ids the order is about, and where the next batch goes on.
async fn candidates(
    conn: &mut SqliteConnection, order: &NoticeOrder,
) -> Result<(Vec<Uuid>, Option<NoticeCursor>), StoreError> {
    let filter = match &order.which {
        NoticeSelection::Ids(ids) => return Ok((ids.clone(), None)),
        NoticeSelection::Filter(filter) => within(filter, order.what),
    };
    let Some(filter) = filter else { return Ok((Vec::new(), None)) };
    let limit = order.limit.min(PAGE_MAX);
    let page = newest(conn, &filter, order.before, i64::from(limit)).await?;
    let next = page.last().filter(|_| page.len() >= limit as usize).map(crate::store::NoticeSummary::cursor);
    Ok((page.into_iter().map(|notice| notice.id).collect(), next))
}

/// The ids of those that changed, in order.
async fn change(
    conn: &mut SqliteConnection, what: NoticeAct, ids: &[Uuid], codes: &[&str], now: OffsetDateTime,
) -> Result<Vec<Uuid>, StoreError> {
    let states: Vec<&str> = what.from().iter().map(|state| state.as_str()).collect();
    let lock = sqlx::query_as::<_, (Uuid,)>(LOCK).bind(json(ids)?).bind(json(&states)?).bind(json(codes)?);
    let locked = lock.fetch_all(&mut *conn).await.map_err(classify("outbox_lock"))?;
    let locked: Vec<Uuid> = locked.into_iter().map(|(id,)| id).collect();
    if locked.is_empty() {
        return Ok(locked);
    }
    let note = sqlx::query(NOTE).bind(json(&locked)?).bind(what.as_str()).bind(At(now));
    note.execute(&mut *conn).await.map_err(classify("outbox_note"))?;
    let statement = match what {
        NoticeAct::Hold => HOLD,
        NoticeAct::Release => RELEASE,
        NoticeAct::Resend => RESEND,
    };
    let query = sqlx::query(statement).bind(json(&locked)?);
    let query = if what == NoticeAct::Hold { query } else { query.bind(At(now)) };
    query.execute(&mut *conn).await.map_err(classify(what.action()))?;
    let follow = sqlx::query(FOLLOW).bind("[]").bind(json(&locked)?);
    follow.execute(conn).await.map_err(classify("announcements_follow"))?;
    Ok(locked)
}

/// Those that were named and did not change, with their states.
async fn left(
    conn: &mut SqliteConnection, order: &NoticeOrder, changed: &[Uuid],
) -> Result<Vec<(Uuid, Option<NoticeState>)>, StoreError> {
    let NoticeSelection::Ids(ids) = &order.which else { return Ok(Vec::new()) };
    let rest: Vec<Uuid> = ids.iter().copied().filter(|id| !changed.contains(id)).collect();
    let query = sqlx::query_as::<_, (Uuid, String)>(STATES).bind(json(&rest)?);
    let rows = query.fetch_all(conn).await.map_err(classify("outbox_states"))?;
    let states: HashMap<Uuid, String> = rows.into_iter().collect();
    let state = |id: Uuid| states.get(&id).map(|state| read_state(state)).transpose();
    rest.into_iter().map(|id| Ok((id, state(id)?))).collect()
}
