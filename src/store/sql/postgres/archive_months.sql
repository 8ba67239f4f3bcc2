-- Months whose tables are there and that ended before a moment.
-- $1 timestamptz before, $2 bigint limit
-- Guarantee: oldest first.
select month
from archive_months
where dropped_at is null and (month + interval '1 month') at time zone 'utc' <= $1
order by month
limit $2
