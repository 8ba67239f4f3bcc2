-- What the marketplace itself was told of some notices and returns.
-- $1 uuid[] notice_id, $2 text[] entry_id
-- Guarantee: oldest first.
select announcement_no, notice_id, entry_id, event_no, routing_key, state, attempts, code, due_at, created_at, settled_at
from all_announcements
where notice_id = any($1::uuid[])
union all
select announcement_no, notice_id, entry_id, event_no, routing_key, state, attempts, code, due_at, created_at, settled_at
from all_announcements
where entry_id = any($2::text[])
order by announcement_no
