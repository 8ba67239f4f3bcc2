-- Puts payloads back without what was taken out of them.
-- $1 bigint[] event_no, $2 text[] payload, $3 timestamptz now
-- Guarantee: the hash stays that of what came.
update events as e
set payload = r.payload, erased_at = $3
from unnest($1::bigint[], $2::text[]) as r (event_no, payload)
where e.event_no = r.event_no
