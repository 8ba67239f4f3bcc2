-- What one event decided, counted by verdict, up to so many decisions.
-- $1 bigint event_no, $2 bigint limit
-- Guarantee: no more than the limit is read.
select verdict, count(*) as decisions, cast(sum(amount) as bigint) as connects
from (select verdict, amount from all_decisions where event_no = $1 limit $2) as d
group by verdict
order by verdict
