-- Reads the proposals in reach of one event that some accounts paid for.
-- $1 JSON array of jobs, $2 JSON array of [client, since in microseconds], $3 JSON array of account_id
-- Guarantee: read after the accounts were locked; costs what these accounts have, not what the event reaches.
-- Differs by necessity because rows come as one JSON array.
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
    p.declined_by, p.submitted_at, p.invited
from json_each($1) as e
cross join json_each($3) as a
cross join proposals p on p.job_id = e.value and p.account_id = a.value
union all
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
    p.declined_by, p.submitted_at, p.invited
from json_each($3) as a
cross join proposals p on p.account_id = a.value
cross join jobs j on j.job_id = p.job_id
cross join json_each($2) as e on j.client_id = e.value ->> 0 and (j.state = 'open' or j.state_since >= e.value ->> 1)
