-- Marks an event that is under way, so that the notices it has yet to make are kept back too; or takes the mark off.
-- $1 text source (null: any), $2 text event_id, $3 text mark it must have (null: none), $4 text mark it gets (null: none)
-- Guarantee: waits for a chunk that is just being applied; the mark of a replay is left alone.
update events
set notices_withheld = $4
where event_id = $2 and ($1::text is null or source = $1) and state in ('waiting', 'fanning_out')
    and notices_withheld is not distinct from $3
