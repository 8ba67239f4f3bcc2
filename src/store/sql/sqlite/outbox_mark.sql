-- Marks an event that is under way, so that the notices it has yet to make are kept back too; or takes the mark off.
-- $1 source (null: any), $2 event_id, $3 mark it must have (null: none), $4 mark it gets (null: none)
-- Guarantee: the mark of a replay is left alone.
-- Differs by necessity: `is` compares nulls.
update events
set notices_withheld = $4
where event_id = $2 and ($1 is null or source = $1) and state in ('waiting', 'fanning_out') and notices_withheld is $3
