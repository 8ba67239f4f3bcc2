-- Reads what was decided about some proposals before.
-- $1 JSON array of proposal_id
-- Guarantee: oldest first. What an event holds itself is among it: at the end of the hold that alone is decided again.
-- Differs by necessity because rows come as one JSON array.
select proposal_id, verdict, told
from decisions
where proposal_id in (select value from json_each($1))
order by decided_at, event_no
