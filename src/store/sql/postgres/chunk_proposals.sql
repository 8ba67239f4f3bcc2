-- Reads the proposals in reach of one event that some accounts paid for.
-- $1 text[] jobs, $2 text[] clients, $3 timestamptz[] since when (one each client), $4 text[] account_id
-- Guarantee: read after the accounts were locked; costs what these accounts have, not what the event reaches.
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
    p.declined_by, p.submitted_at, p.invited
from unnest($1::text[]) as e (job_id)
join proposals p on p.job_id = e.job_id
where p.account_id = any($4::text[])
union all
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
    p.declined_by, p.submitted_at, p.invited
from unnest($2::text[], $3::timestamptz[]) as e (client_id, since)
join jobs j on j.client_id = e.client_id and (j.state = 'open' or j.state_since >= e.since)
join proposals p on p.job_id = j.job_id
where p.account_id = any($4::text[])
