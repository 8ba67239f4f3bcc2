-- Events that a person was told of, as objects.
-- $1 text person_id, $2 bigint limit
select json_build_object(
    'event_no', e.event_no,
    'source', e.source,
    'id', e.event_id,
    'type', e.type,
    'occurred_at', to_char(e.occurred_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'received_at', to_char(e.received_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
)::text
from events e
where e.event_no in (select n.event_no from all_notices n where n.person_id = $1)
order by e.event_no
limit $2
