-- The notices of one event, counted by state, up to so many.
-- $1 bigint event_no, $2 bigint limit
-- Guarantee: no more than the limit is read.
select state, count(*) as notices
from (select state from all_notices where event_no = $1 limit $2) as n
group by state
order by state
