-- Reads what was decided about some proposals before.
-- $1 text[] proposal_id, $2 bigint[] events that are decided now
-- Guarantee: oldest first, without what these events hold themselves.
select proposal_id, verdict, told
from decisions
where proposal_id = any($1::text[]) and not (verdict = 'held' and event_no = any($2::bigint[]))
order by decided_at, event_no
