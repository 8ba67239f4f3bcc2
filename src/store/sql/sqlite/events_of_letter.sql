-- Locks the events whose notices a dead letter may let go: those replayed from it, and the one that it is.
-- $1 dead_letter_no, $2 source, $3 event_id, $4 payload_hash (all three null where it is no event)
-- Guarantee: none that only has the same id and says something else.
-- Differs by necessity because the transaction holds the only write lock (BEGIN IMMEDIATE).
select event_no, state, notices_withheld
from events
where dead_letter_no = $1 or (source = $2 and event_id = $3 and payload_hash = $4)
order by event_no
