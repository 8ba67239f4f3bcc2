-- How many applied events of the inbox happened in a time, and the first and last of them.
-- $1 since in microseconds (null: from the first), $2 until (null: to the last), $3 limit
-- Guarantee: in the order in which they were taken in; at most the limit, the first of them.
-- One that was purged has no decisions to compare with: it is passed over.
select count(*), min(w.event_no), max(w.event_no)
from (
    select event_no
    from events
    where state = 'applied' and purged_at is null and ($1 is null or occurred_at >= $1) and ($2 is null or occurred_at < $2)
    order by event_no
    limit $3
) as w
