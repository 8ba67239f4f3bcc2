-- Decisions: a page of keys.
-- $1 bigint behind this event, $2 text and this proposal, $3 bigint limit
select event_no, proposal_id
from decisions
where (event_no, proposal_id) > ($1::bigint, $2::text)
order by event_no, proposal_id
limit $3
