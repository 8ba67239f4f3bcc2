-- Events that were applied, newest first.
-- $1 number below, $2 limit
-- Guarantee: nearly all are, so they are read in the order of their numbers.
select event_no, source, event_id, type, state, code, attempts, occurred_at, received_at, due_at
from events
where state = 'applied' and event_no < $1
order by event_no desc
limit $2
