-- The newest events about some clients that can explain what became of them.
-- $1 JSON array of client_id, $2 how many of each at most
-- Guarantee: the newest by the moment they happened come first.
-- Differs by necessity: SQLite has no lateral; the rows are numbered and cut.
select client_id, event_no, source, event_id, type, occurred_at, state, payload
from (
    select v.client_id, v.event_no, v.source, v.event_id, v.type, v.occurred_at, v.state, v.payload,
        row_number() over (partition by v.client_id order by v.occurred_at desc, v.event_no desc) as place
    from json_each($1) as k
    cross join events v on v.client_id = k.value and v.type in ('client-suspended')
) as ranked
where place <= $2
order by client_id, place
