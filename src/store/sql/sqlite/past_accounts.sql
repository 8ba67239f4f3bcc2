-- A page of the accounts that paid for the proposals in reach of some events.
-- $1 JSON array of jobs, $2 JSON array of [client, since in microseconds], $3 JSON array of proposals, $4 account_id above,
-- $5 limit
-- Guarantee: each account once, in the order of their ids.
select a.account_id
from (
    select p.account_id
    from json_each($1) as e
    cross join proposals p on p.job_id = e.value
    union
    select p.account_id
    from json_each($2) as e
    cross join jobs j on j.client_id = e.value ->> 0 and (j.state = 'open' or j.state_since >= e.value ->> 1)
    cross join proposals p on p.job_id = j.job_id
    union
    select p.account_id
    from json_each($3) as e
    cross join proposals p on p.proposal_id = e.value
) as a
where a.account_id > $4
order by a.account_id
limit $5
