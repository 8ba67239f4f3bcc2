-- The notices that match (notices_filter.sql goes before) by state, event type and code, the most numerous group first.
-- $14 limit
select state, event_type, code, count(*) as notices, min(created_at) as oldest, max(created_at) as newest
from matching
group by state, event_type, code
order by count(*) desc, state, event_type, code nulls first
limit $14
