-- Reads the payload hashes of events in the inbox.
-- $1 text[] source, $2 text[] event_id
-- Guarantee: a row for each key that is there.
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong.
select v.source, v.event_id, v.payload_hash
from unnest($1::text[], $2::text[]) as e (source, event_id)
cross join lateral (
    select v.source, v.event_id, v.payload_hash from events v where v.source = e.source and v.event_id = e.event_id offset 0
) as v
