-- Reads the proposals in reach of some events.
-- $1 text[] jobs, $2 text[] clients, $3 timestamptz[] since when (one each client),
-- $4 text[] proposals
-- Guarantee: read after their accounts were locked. A proposal in reach of two events may come twice.
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong.
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
    p.declined_by, p.submitted_at, p.invited
from unnest($1::text[]) as e (job_id)
cross join lateral (
    select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
        p.declined_by, p.submitted_at, p.invited
    from proposals p where p.job_id = e.job_id offset 0
) as p
union all
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
    p.declined_by, p.submitted_at, p.invited
from unnest($2::text[], $3::timestamptz[]) as e (client_id, since)
cross join lateral (
    select j.job_id from jobs j where j.client_id = e.client_id and (j.state = 'open' or j.state_since >= e.since) offset 0
) as j
cross join lateral (
    select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
        p.declined_by, p.submitted_at, p.invited
    from proposals p where p.job_id = j.job_id offset 0
) as p
union all
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
    p.declined_by, p.submitted_at, p.invited
from unnest($4::text[]) as e (proposal_id)
cross join lateral (
    select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since,
        p.declined_by, p.submitted_at, p.invited
    from proposals p where p.proposal_id = e.proposal_id offset 0
) as p
