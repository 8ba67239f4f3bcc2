-- What some people were told about some events.
-- $1 JSON array of event_no, $2 JSON array of person_id, $3 limit
-- Guarantee: oldest first, at most so many; the key of event and person finds them.
-- Differs by necessity because lists come as JSON arrays.
select n.notice_id, n.event_no, n.person_id, n.state, n.code, n.reply, n.due_at, n.attempts, n.resends, n.lease_until,
    n.created_at, n.settled_at, n.lines as lines, v.source, v.event_id, v.type as event_type, v.state as event_state
from notices n
join events v on v.event_no = n.event_no
where n.event_no in (select value from json_each($1)) and n.person_id in (select value from json_each($2))
order by n.created_at, n.notice_id
limit $3
