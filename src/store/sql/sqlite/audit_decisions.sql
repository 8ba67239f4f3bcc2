-- Decisions: a page of keys.
-- $1 behind this event, $2 and this proposal, $3 limit
select event_no, proposal_id
from decisions
where (event_no, proposal_id) > ($1, $2)
order by event_no, proposal_id
limit $3
