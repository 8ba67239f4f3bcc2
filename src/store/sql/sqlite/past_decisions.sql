-- Reads what was decided about some proposals up to the end of a window, and by which of its events.
-- $1 JSON array of proposal_id, $2 since in microseconds, $3 until (either null: no bound), $4 first and $5 last number of the window
-- Guarantee: oldest first.
select d.proposal_id, d.event_no, d.verdict, d.told, d.amount, d.reason,
    (e.state = 'applied' and e.event_no >= $4
        and ($2 is null or e.occurred_at >= $2) and ($3 is null or e.occurred_at < $3)) as inside
from decisions d
join events e on e.event_no = d.event_no
where d.proposal_id in (select value from json_each($1)) and d.event_no <= $5
order by d.decided_at, d.event_no
