-- A page of the proposals of one person, newest first.
-- $1 text person_id, $2 timestamptz and, $3 text proposal_id of the last one of the page before, $4 bigint limit
-- Guarantee: in the order of an index, which ends the page.
select proposal_id
from proposals
where person_id = $1 and (submitted_at, proposal_id) < ($2, $3)
order by submitted_at desc, proposal_id desc
limit $4
