-- Reads the proposals in reach of one event that some accounts paid for.
-- $1 text[] jobs, $2 text[] clients, $3 timestamptz[] since when (one each client), $4 text[] account_id
-- Guarantee: read after the accounts were locked; costs what these accounts have, not what the event reaches.
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong.
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
    p.declined_by, p.submitted_at, p.invited
from unnest($1::text[]) as e (job_id)
cross join unnest($4::text[]) as a (account_id)
cross join lateral (
    select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
        p.declined_by, p.submitted_at, p.invited
    from proposals p where p.job_id = e.job_id and p.account_id = a.account_id offset 0
) as p
union all
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
    p.declined_by, p.submitted_at, p.invited
from unnest($2::text[], $3::timestamptz[]) as e (client_id, since)
cross join unnest($4::text[]) as a (account_id)
cross join lateral (
    select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
        p.declined_by, p.submitted_at, p.invited
    from proposals p where p.account_id = a.account_id offset 0
) as p
cross join lateral (
    select 1 from jobs j
    where j.job_id = p.job_id and j.client_id = e.client_id and (j.state = 'open' or j.state_since >= e.since) offset 0
) as j
