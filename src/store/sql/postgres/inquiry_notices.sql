-- What some people were told about some events.
-- $1 bigint[] event_no, $2 text[] person_id, $3 bigint limit
-- Guarantee: oldest first, at most so many; the key of event and person finds them.
select n.notice_id, n.event_no, n.person_id, n.state, n.code, n.reply, n.due_at, n.attempts, n.resends, n.lease_until,
    n.created_at, n.settled_at, n.lines::text as lines, v.source, v.event_id, v.type as event_type, v.state as event_state
from all_notices n
join events v on v.event_no = n.event_no
where n.event_no = any($1::bigint[]) and n.person_id = any($2::text[])
order by n.created_at, n.notice_id
limit $3
