-- A page of notices that match (notices_filter.sql goes before), newest first.
-- $14 limit
select notice_id, event_no, person_id, state, code, reply, due_at, attempts, resends, lease_until, created_at, settled_at,
    erased_at, source, event_id, event_type, event_state
from matching
order by created_at desc, notice_id desc
limit $14
