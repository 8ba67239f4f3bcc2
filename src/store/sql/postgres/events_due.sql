-- Locks waiting events whose time has come.
-- $1 bigint limit, $2 timestamptz now
-- Guarantee: oldest due first; those that another process holds are skipped.
select event_no, source, event_id, payload, stage, attempts, cursor, held_until, notices_withheld, dead_letter_no
from events
where state = 'waiting' and due_at <= $2
order by due_at, event_no
limit $1
for update skip locked
