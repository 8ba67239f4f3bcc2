-- The newest events about some clients that can explain what became of them.
-- $1 text[] client_id, $2 bigint how many of each at most
-- Guarantee: the newest by the moment they happened come first.
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong.
select k.client_id, v.event_no, v.source, v.event_id, v.type, v.occurred_at, v.state, v.payload
from unnest($1::text[]) as k (client_id)
cross join lateral (
    select v.event_no, v.source, v.event_id, v.type, v.occurred_at, v.state, v.payload
    from events v
    where v.client_id = k.client_id and v.type in ('client-suspended')
    order by v.occurred_at desc, v.event_no desc
    limit $2
) as v
