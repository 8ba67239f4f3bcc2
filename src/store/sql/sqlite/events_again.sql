-- Counts events that came again.
-- $1 JSON array of rows (AgainRow), $2 now in microseconds
-- Guarantee: waits for nobody: the transaction holds the only write lock.
-- Differs by necessity because rows come as one JSON array.
update events as v
set deliveries = v.deliveries + (e.value ->> 'times'), last_delivered_at = $2
from json_each($1) as e
where v.source = e.value ->> 'source' and v.event_id = e.value ->> 'event_id'
