-- Locks and reads the accounts that paid for the proposals in reach of some events.
-- $1 JSON array of jobs, $2 JSON array of [client, since in microseconds], $3 JSON array of proposals
-- Guarantee: each account once; locked in the order of their ids, as everyone who locks accounts does.
-- Differs by necessity because rows come as one JSON array, and the transaction holds the only write lock.
select a.account_id, a.kind, a.owner_id, a.manager_id, a.tell_manager, a.balance
from accounts a
where a.account_id in (
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
)
order by a.account_id
