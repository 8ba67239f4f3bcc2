-- Reads what was decided about some proposals before.
-- $1 JSON array of proposal_id, $2 JSON array of events that are decided now
-- Guarantee: oldest first, without what these events hold themselves.
-- Differs by necessity because rows come as one JSON array.
select proposal_id, verdict, told
from decisions
where proposal_id in (select value from json_each($1))
    and not (verdict = 'held' and event_no in (select value from json_each($2)))
order by decided_at, event_no
