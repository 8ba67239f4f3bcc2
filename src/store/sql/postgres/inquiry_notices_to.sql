-- What one person was told, the newest events first.
-- $1 text person_id, $2 bigint limit
-- Guarantee: at most so many.
select n.notice_id, n.event_no, n.person_id, n.state, n.code, n.reply, n.due_at, n.attempts, n.resends, n.lease_until,
    n.created_at, n.settled_at, n.lines::text as lines, v.source, v.event_id, v.type as event_type, v.state as event_state
from all_notices n
join events v on v.event_no = n.event_no
where n.person_id = $1
order by n.event_no + 0 desc
limit $2
