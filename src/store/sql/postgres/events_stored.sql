-- Reads the payload hashes of events in the inbox.
-- $1 text[] source, $2 text[] event_id
-- Guarantee: a row for each key that is there.
select v.source, v.event_id, v.payload_hash
from unnest($1::text[], $2::text[]) as e (source, event_id)
join events v on v.source = e.source and v.event_id = e.event_id
