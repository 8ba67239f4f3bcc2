-- Proposals that a person submitted, as objects.
-- $1 text person_id, $2 bigint limit
select json_build_object(
    'proposal', p.proposal_id,
    'job', p.job_id,
    'account', p.account_id,
    'state', p.state,
    'declined_by', p.declined_by,
    'submitted_at', to_char(p.submitted_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'state_since', to_char(p.state_since at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
)::text
from proposals p
where p.person_id = $1
order by p.submitted_at, p.proposal_id
limit $2
