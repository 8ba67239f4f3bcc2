-- Proposals that a person submitted, as objects.
-- $1 person_id, $2 limit
select json_object(
    'proposal', p.proposal_id,
    'job', p.job_id,
    'account', p.account_id,
    'state', p.state,
    'declined_by', p.declined_by,
    'submitted_at', strftime('%Y-%m-%dT%H:%M:%fZ', p.submitted_at / 1000000.0, 'unixepoch'),
    'state_since', strftime('%Y-%m-%dT%H:%M:%fZ', p.state_since / 1000000.0, 'unixepoch')
)
from proposals p
where p.person_id = $1
order by p.submitted_at, p.proposal_id
limit $2
