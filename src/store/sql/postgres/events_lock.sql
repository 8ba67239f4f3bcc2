-- Locks one event that waits or fans out.
-- $1 bigint event_no
-- Guarantee: none, if another process holds it or has finished it.
select event_no, source, event_id, payload, stage, attempts, cursor, held_until, notices_withheld, dead_letter_no
from events
where event_no = $1 and state in ('waiting', 'fanning_out')
for no key update skip locked
