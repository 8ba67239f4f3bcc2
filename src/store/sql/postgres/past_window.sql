-- How many applied events of the inbox happened in a time, and the first and last of them.
-- $1 timestamptz since (null: from the first), $2 timestamptz until (null: to the last), $3 bigint limit
-- Guarantee: in the order in which they were taken in; at most the limit, the first of them.
-- One that was purged has no decisions to compare with: it is passed over.
select count(*), min(w.event_no), max(w.event_no)
from (
    select e.event_no
    from events e
    where e.state = 'applied'
        and (e.purged_at is null
            or exists (select 1 from archive_months m where m.month = e.archive_month and m.dropped_at is null))
        and ($1::timestamptz is null or occurred_at >= $1) and ($2::timestamptz is null or occurred_at < $2)
    order by event_no
    limit $3
) as w
