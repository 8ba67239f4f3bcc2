-- Puts payloads back without what was taken out of them, those of archived events into their months.
-- $1 bigint[] event_no, $2 text[] payload, $3 timestamptz now
-- Guarantee: the hash stays that of what came.
with cleared as materialized (
    select r.event_no, r.payload, e.archive_month
    from unnest($1::bigint[], $2::text[]) as r (event_no, payload)
    join events e on e.event_no = r.event_no
), archived as (
    update archived_events as a
    set payload = c.payload
    from cleared c
    where a.event_no = c.event_no and a.month = c.archive_month
    returning a.event_no
)
update events as e
set payload = case when e.event_no in (select a.event_no from archived a) then e.payload else c.payload end, erased_at = $3
from cleared c
where e.event_no = c.event_no
