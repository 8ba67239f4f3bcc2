-- A page of the applied events of a window, in the order in which they were taken in.
-- $1 since in microseconds, $2 until (either null: no bound), $3 number above, $4 last number, $5 limit
-- One that was purged has no decisions to compare with: it is passed over.
select event_no, source, event_id, payload, applied_at
from events
where state = 'applied' and purged_at is null and event_no > $3 and event_no <= $4
    and ($1 is null or occurred_at >= $1) and ($2 is null or occurred_at < $2)
order by event_no
limit $5
