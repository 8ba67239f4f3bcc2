-- Locks waiting events whose time has come.
-- $1 limit, $2 now in microseconds
-- Guarantee: oldest due first; those that another process holds are skipped.
-- Differs by necessity because the transaction holds the only write lock (BEGIN IMMEDIATE).
select event_no, source, event_id, payload, stage, attempts, cursor, held_until, notices_withheld, dead_letter_no
from events
where state = 'waiting' and due_at <= $2
order by due_at, event_no
limit $1
