-- The events of an id, whatever their source; or of a source.
-- $1 text event_id, $2 text source, or null: any, $3 bigint limit
-- Guarantee: oldest first, at most so many.
select event_no, source, event_id
from events
where event_id = $1 and ($2::text is null or source = $2)
order by event_no + 0
limit $3
