//! The statements of an inquiry: one method, one SQL file, in a transaction that only reads.

use async_trait::async_trait;
use sqlx::{Postgres, Sqlite, Transaction};
use time::OffsetDateTime;
use uuid::Uuid;

use super::keys::{Ids, Numbers, Texts};
use super::{
    HistoryRow, SeenAccount, SeenAnnouncement, SeenAttempt, SeenDecision, SeenEntry, SeenEvent, SeenFinding, SeenJob,
    SeenLetter, SeenNotice, SeenNoticeEvent, SeenPerson, SeenProposal,
};
use crate::store::StoreError;
use crate::store::at::At;
use crate::store::error::classify;

/// How an inquiry begins on PostgreSQL, in one round trip: all of it sees one moment, and is planned for keys, whatever
/// the planner takes the tables for.
pub(in crate::store) const BEGIN: &str = "begin isolation level repeatable read, read only; \
    set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off; set local jit = off";

/// An inquiry of PostgreSQL.
pub(in crate::store) struct PgInquiry(pub(in crate::store) Transaction<'static, Postgres>);

/// An inquiry of SQLite.
pub(in crate::store) struct SqliteInquiry(pub(in crate::store) Transaction<'static, Sqlite>);

/// Where a page goes on: behind this moment and id.
pub(in crate::store) type Place = (OffsetDateTime, String);

/// Verdict, decisions, Connects.
type TallyRow = (String, i64, i64);

/// Makes the trait and both implementations; a parameter is told as it is bound.
macro_rules! statements {
    ($(
        $(#[$doc:meta])*
        $method:ident($($arg:ident: $kind:ty),+ $(,)?) -> $row:ty = $file:literal [$($bind:expr),+];
    )+) => {
        /// The statements of an inquiry. Dropping it ends it.
        #[async_trait]
        pub(in crate::store) trait InquiryTx: Send {
            $($(#[$doc])* async fn $method(&mut self, $($arg: $kind),+) -> Result<Vec<$row>, StoreError>;)+
        }

        #[async_trait]
        impl InquiryTx for PgInquiry {
            $(async fn $method(&mut self, $($arg: $kind),+) -> Result<Vec<$row>, StoreError> {
                let query = sqlx::query_as(include_str!(concat!("../sql/postgres/", $file, ".sql")));
                query$(.bind($bind))+.fetch_all(&mut *self.0).await.map_err(classify($file))
            })+
        }

        #[async_trait]
        impl InquiryTx for SqliteInquiry {
            $(async fn $method(&mut self, $($arg: $kind),+) -> Result<Vec<$row>, StoreError> {
                let query = sqlx::query_as(include_str!(concat!("../sql/sqlite/", $file, ".sql")));
                query$(.bind($bind))+.fetch_all(&mut *self.0).await.map_err(classify($file))
            })+
        }
    };
}

statements! {
    /// The kinds of thing that have this id.
    find(text: &str, notice: Option<Uuid>) -> (String,) = "inquiry_find" [text, notice];
    /// Number, source and id of the events of an id.
    events_named(id: &str, source: Option<&str>, limit: i64) -> (i64, String, String) =
        "inquiry_events_named" [id, source, limit];
    /// Proposals by id.
    proposals(ids: Vec<String>) -> SeenProposal = "inquiry_proposals" [Texts(ids)];
    /// Proposals an account paid for, a page.
    page_account(account: &str, behind: Place, limit: i64) -> (String,) =
        "inquiry_page_account" [account, At(behind.0), behind.1, limit];
    /// Proposals a person submitted, a page.
    page_person(person: &str, behind: Place, limit: i64) -> (String,) =
        "inquiry_page_person" [person, At(behind.0), behind.1, limit];
    /// Proposals on a job, a page.
    page_job(job: &str, behind: Place, limit: i64) -> (String,) =
        "inquiry_page_job" [job, At(behind.0), behind.1, limit];
    /// Proposals on a client's jobs, a page.
    page_client(client: &str, behind: Place, limit: i64, jobs: i64) -> (String,) =
        "inquiry_page_client" [client, At(behind.0), behind.1, limit, jobs];
    /// Accounts by id.
    accounts(ids: Vec<String>) -> SeenAccount = "inquiry_accounts" [Texts(ids)];
    /// People by id.
    people(ids: Vec<String>, now: OffsetDateTime) -> SeenPerson = "inquiry_people" [Texts(ids), At(now)];
    /// Jobs by id.
    jobs(ids: Vec<String>) -> SeenJob = "inquiry_jobs" [Texts(ids)];
    /// Clients by id.
    clients(ids: Vec<String>) -> (String, bool) = "inquiry_clients" [Texts(ids)];
    /// Events by number.
    events(numbers: Vec<i64>) -> SeenEvent = "inquiry_events" [Numbers(numbers)];
    /// Numbers of events that name one of these.
    events_about(jobs: Vec<String>, clients: Vec<String>, proposals: Vec<String>, people: Vec<String>, limit: i64)
        -> (i64,) = "inquiry_events_about" [Texts(jobs), Texts(clients), Texts(proposals), Texts(people), limit];
    /// Decisions about proposals.
    decisions(proposals: Vec<String>, limit: i64) -> SeenDecision = "inquiry_decisions" [Texts(proposals), limit];
    /// Decisions of an event, a page.
    decisions_of(event: i64, behind: &str, limit: i64) -> SeenDecision = "inquiry_decisions_of" [event, behind, limit];
    /// Decisions of an event, counted.
    tally(event: i64, limit: i64) -> TallyRow = "inquiry_tally" [event, limit];
    /// Entries about proposals.
    entries(proposals: Vec<String>, limit: i64) -> SeenEntry = "inquiry_entries" [Texts(proposals), limit];
    /// One entry.
    entry(id: &str) -> SeenEntry = "inquiry_entry" [id];
    /// Notices to these people about these events.
    notices(events: Vec<i64>, people: Vec<String>, limit: i64) -> SeenNotice =
        "inquiry_notices" [Numbers(events), Texts(people), limit];
    /// One notice.
    notice(id: Uuid) -> SeenNotice = "inquiry_notice" [id];
    /// The newest notices to a person.
    notices_to(person: &str, limit: i64) -> SeenNotice = "inquiry_notices_to" [person, limit];
    /// The notices of an event, counted by state.
    notice_states(event: i64, limit: i64) -> (String, i64) = "inquiry_notice_states" [event, limit];
    /// The history of notices.
    notice_history(notices: Vec<Uuid>, limit: i64) -> SeenNoticeEvent = "inquiry_notice_history" [Ids(notices), limit];
    /// What was announced of notices and returns.
    announcements(notices: Vec<Uuid>, entries: Vec<String>) -> SeenAnnouncement =
        "inquiry_announcements" [Ids(notices), Texts(entries)];
    /// Dead letters about jobs, clients, events; or of these numbers.
    letters(jobs: Vec<String>, clients: Vec<String>, events: (Vec<String>, Vec<String>), numbers: Vec<i64>, limit: i64)
        -> SeenLetter =
        "inquiry_letters" [Texts(jobs), Texts(clients), Texts(events.0), Texts(events.1), Numbers(numbers), limit];
    /// The history of dead letters.
    attempts(letters: Vec<i64>, limit: i64) -> SeenAttempt = "inquiry_attempts" [Numbers(letters), limit];
    /// What the audit found about subjects.
    findings(subjects: Vec<String>, limit: i64) -> SeenFinding = "inquiry_findings" [Texts(subjects), limit];
    /// A page of a statement, from its beginning on.
    history_oldest(account: &str, beyond: Place, from: OffsetDateTime, before: OffsetDateTime, limit: i64)
        -> HistoryRow = "history_oldest" [account, At(beyond.0), beyond.1, At(from), At(before), limit];
    /// A page of a statement, from its end back.
    history_newest(account: &str, beyond: Place, from: OffsetDateTime, before: OffsetDateTime, limit: i64)
        -> HistoryRow = "history_newest" [account, At(beyond.0), beyond.1, At(from), At(before), limit];
    /// The sum of an account's entries before a place.
    history_sum(account: &str, place: Place) -> (i64,) = "history_sum" [account, At(place.0), place.1];
}
