-- Reads the proposals in reach of some events.
-- $1 text[] jobs, $2 text[] clients, $3 timestamptz[] since when (one each client)
-- Guarantee: read after their accounts were locked. A proposal in reach of two events may come twice.
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
    p.declined_by, p.submitted_at, p.invited
from unnest($1::text[]) as e (job_id)
join proposals p on p.job_id = e.job_id
union all
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
    p.declined_by, p.submitted_at, p.invited
from unnest($2::text[], $3::timestamptz[]) as e (client_id, since)
join jobs j on j.client_id = e.client_id and (j.state = 'open' or j.state_since >= e.since)
join proposals p on p.job_id = j.job_id
