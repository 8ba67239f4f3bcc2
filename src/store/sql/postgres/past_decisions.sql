-- Reads what was decided about some proposals up to the end of a window, and by which of its events.
-- $1 text[] proposal_id, $2 timestamptz since, $3 timestamptz until (either null: no bound), $4 bigint first and $5 bigint last
-- number of the window
-- Guarantee: oldest first.
select d.proposal_id, d.event_no, d.verdict, d.told, d.amount, d.reason,
    (e.state = 'applied' and e.event_no >= $4
        and ($2::timestamptz is null or e.occurred_at >= $2) and ($3::timestamptz is null or e.occurred_at < $3)) as inside
from all_decisions d
join events e on e.event_no = d.event_no
where d.proposal_id = any($1::text[]) and d.event_no <= $5
order by d.decided_at, d.event_no
