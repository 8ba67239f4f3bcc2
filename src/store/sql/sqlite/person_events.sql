-- Events that a person was told of, as objects.
-- $1 person_id, $2 limit
select json_object(
    'event_no', e.event_no,
    'source', e.source,
    'id', e.event_id,
    'type', e.type,
    'occurred_at', strftime('%Y-%m-%dT%H:%M:%fZ', e.occurred_at / 1000000.0, 'unixepoch'),
    'received_at', strftime('%Y-%m-%dT%H:%M:%fZ', e.received_at / 1000000.0, 'unixepoch')
)
from events e
where e.event_no in (select n.event_no from notices n where n.person_id = $1)
order by e.event_no
limit $2
