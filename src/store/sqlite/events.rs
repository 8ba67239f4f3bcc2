//! Lists of the inbox, on SQLite.

use super::SqliteStore;
use crate::store::error::classify;
use crate::store::letters::rows::{EventReadRow, read_event};
use crate::store::{EventState, EventSummary, PAGE_MAX, StoreError};

const APPLIED: &str = include_str!("../sql/sqlite/events_applied.sql");
const OPEN: &str = include_str!("../sql/sqlite/events_open.sql");

impl SqliteStore {
    pub(super) async fn events(
        &self, state: EventState, before: Option<i64>, limit: u32,
    ) -> Result<Vec<EventSummary>, StoreError> {
        let query = match state {
            EventState::Applied => sqlx::query_as::<_, EventReadRow>(APPLIED),
            EventState::FanningOut | EventState::Waiting | EventState::Dead => {
                sqlx::query_as(OPEN).bind(state.as_str())
            }
        };
        let query = query.bind(before.unwrap_or(i64::MAX)).bind(i64::from(limit.min(PAGE_MAX)));
        let rows = query.fetch_all(&self.read).await.map_err(classify("events"))?;
        Ok(rows.into_iter().map(read_event).collect())
    }
}
