-- Reads the proposals in reach of some events.
-- $1 JSON array of jobs, $2 JSON array of [client, since in microseconds], $3 JSON array of proposals
-- Guarantee: read after their accounts were locked. A proposal in reach of two events may come twice.
-- Differs by necessity because rows come as one JSON array.
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
    p.declined_by, p.submitted_at, p.invited
from json_each($1) as e
cross join proposals p on p.job_id = e.value
union all
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
    p.declined_by, p.submitted_at, p.invited
from json_each($2) as e
cross join jobs j on j.client_id = e.value ->> 0 and (j.state = 'open' or j.state_since >= e.value ->> 1)
cross join proposals p on p.job_id = j.job_id
union all
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
    p.declined_by, p.submitted_at, p.invited
from json_each($3) as e
cross join proposals p on p.proposal_id = e.value
