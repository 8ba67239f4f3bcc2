-- A page of the proposals of one job, newest first.
-- $1 job_id, $2 microseconds and, $3 proposal_id of the last one of the page before, $4 limit
-- Guarantee: in the order of an index, which ends the page.
select proposal_id
from proposals
where job_id = $1 and (submitted_at, proposal_id) < ($2, $3)
order by submitted_at desc, proposal_id desc
limit $4
