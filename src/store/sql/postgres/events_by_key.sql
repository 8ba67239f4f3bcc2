-- Locks the event of a key, whatever its state.
-- $1 text source, $2 text event_id
-- Guarantee: whoever else is at it is waited for, and what they made of it is seen.
select event_no, state, stage, attempts, cursor, held_until, code, due_at, payload_hash
from events
where source = $1 and event_id = $2
for update
