-- Counts events that came again.
-- $1 text[] source, $2 text[] event_id, $3 bigint[] times, $4 timestamptz now
-- Guarantee: waits for nobody: an event that another transaction holds is passed over, or a redelivery would wait for a chunk of
-- its own fan-out.
with again as (
    select v.event_no, e.times
    from unnest($1::text[], $2::text[], $3::bigint[]) as e (source, event_id, times)
    cross join lateral (
        select v.event_no from events v where v.source = e.source and v.event_id = e.event_id for no key update of v skip locked
    ) as v
)
update events v
set deliveries = v.deliveries + again.times, last_delivered_at = $4
from again
where v.event_no = any (array(select event_no from again)) and v.event_no = again.event_no
