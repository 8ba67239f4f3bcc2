//! Bugs other outboxes have had, planted into the SQL of this one: the checker of the fault tests must find them.

use std::sync::LazyLock;

use crate::fault::failpoint::planted;

/// What a cursor over ids skips: a notice of an event with a lower number that is committed later.
fn after_the_last(lease: &str) -> String {
    const SEEN: &str = "(select coalesce(max(event_no), 0) from notices where state not in ('pending', 'deferred'))";
    lease.replace("due_at <= $4", &format!("due_at <= $4 and event_no >= {SEEN}"))
}

/// The statement itself; with `plant-outbox-cursor` one that only goes forward.
pub(super) fn lease(statement: &'static str) -> &'static str {
    static CURSOR: LazyLock<String> =
        LazyLock::new(|| after_the_last(include_str!("../sql/postgres/notices_lease.sql")));
    if planted("plant-outbox-cursor") { CURSOR.as_str() } else { statement }
}

/// The statement itself; with `plant-settle-unguarded` one that asks neither who leases nor whether anybody does.
pub(super) fn settle(statement: &'static str) -> &'static str {
    static UNGUARDED: LazyLock<String> = LazyLock::new(|| {
        let guarded = include_str!("../sql/postgres/notices_settle.sql");
        guarded.replace("n.lease_token = r.token", "r.token is not null")
    });
    if planted("plant-settle-unguarded") { UNGUARDED.as_str() } else { statement }
}
