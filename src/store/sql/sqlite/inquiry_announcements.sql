-- What the marketplace itself was told of some notices and returns.
-- $1 JSON array of hex notice_id, $2 JSON array of entry_id
-- Guarantee: oldest first.
-- Differs by necessity because lists come as JSON arrays.
select announcement_no, notice_id, entry_id, event_no, routing_key, state, attempts, code, due_at, created_at, settled_at
from announcements
where notice_id in (select unhex(value) from json_each($1))
union all
select announcement_no, notice_id, entry_id, event_no, routing_key, state, attempts, code, due_at, created_at, settled_at
from announcements
where entry_id in (select value from json_each($2))
order by announcement_no
