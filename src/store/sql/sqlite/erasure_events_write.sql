-- Puts payloads back without what was taken out of them.
-- $1 JSON array of {no, text}, $2 now in microseconds
-- Guarantee: the hash stays that of what came.
update events
set payload = r.payload, erased_at = $2
from (select value ->> 'no' as event_no, value ->> 'text' as payload from json_each($1)) as r
where events.event_no = r.event_no
