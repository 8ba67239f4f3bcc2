-- Events that are not applied, in one state, newest first.
-- $1 state, $2 number below, $3 limit
-- Guarantee: reads the partial index events_state alone, which holds what is work to do.
select event_no, source, event_id, type, state, code, attempts, occurred_at, received_at, due_at
from events
where state = $1 and state <> 'applied' and event_no < $2
order by event_no desc
limit $3
