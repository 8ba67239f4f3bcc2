-- Reads what was decided about some proposals before.
-- $1 text[] proposal_id
-- Guarantee: oldest first. What an event holds itself is among it: at the end of the hold that alone is decided again.
select proposal_id, verdict, told
from decisions
where proposal_id = any($1::text[])
order by decided_at, event_no
