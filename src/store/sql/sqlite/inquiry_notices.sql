-- What some people were told about some events.
-- $1 JSON array of event_no, $2 JSON array of person_id, $3 limit
-- Guarantee: oldest first, at most so many; the key of event and person finds them.
-- Differs by necessity because lists come as JSON arrays.
select n.notice_id, n.event_no, n.person_id, n.state, n.code, n.reply, n.due_at, n.attempts, n.resends, n.lease_until,
    n.created_at, n.settled_at, n.lines as lines, v.source, v.event_id, v.type as event_type, v.state as event_state
from json_each($1) as e
cross join json_each($2) as p
cross join notices n on n.event_no = e.value and n.person_id = p.value
cross join events v on v.event_no = n.event_no
order by n.created_at, n.notice_id
limit $3
