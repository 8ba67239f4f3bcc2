-- Locks the event of a key, whatever its state.
-- $1 source, $2 event_id
-- Guarantee: whoever else is at it is waited for, and what they made of it is seen.
-- Differs by necessity because the transaction holds the only write lock (BEGIN IMMEDIATE).
select event_no, state, stage, attempts, cursor, held_until, code, due_at, payload_hash
from events
where source = $1 and event_id = $2
