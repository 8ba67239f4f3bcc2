-- Reads the payload hashes of events in the inbox.
-- $1 JSON array of [source, event_id]
-- Guarantee: a row for each key that is there.
-- Differs by necessity because rows come as one JSON array.
select v.source, v.event_id, v.payload_hash
from json_each($1) as e
cross join events v on v.source = e.value ->> 0 and v.event_id = e.value ->> 1
