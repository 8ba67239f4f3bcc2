-- Locks the event that fans out and has waited longest for a step: the lock is the lease.
-- No parameters.
-- Guarantee: those that another process is at are skipped; a step makes the event the last in the row.
select event_no, source, event_id, payload, stage, attempts, cursor, held_until, notices_withheld, dead_letter_no
from events
where state = 'fanning_out'
order by advanced_at nulls first, event_no
limit 1
for no key update skip locked
