-- Locks and reads the accounts that paid for the proposals in reach of some events.
-- $1 text[] jobs, $2 text[] clients, $3 timestamptz[] since when (one each client)
-- Guarantee: locked in the order of their ids, as everyone who locks accounts does.
select a.account_id, a.kind, a.owner_id, a.manager_id, a.tell_manager, a.balance
from accounts a
where a.account_id in (
    select p.account_id from unnest($1::text[]) as e (job_id) join proposals p on p.job_id = e.job_id
    union
    select p.account_id
    from unnest($2::text[], $3::timestamptz[]) as e (client_id, since)
    join jobs j on j.client_id = e.client_id and (j.state = 'open' or j.state_since >= e.since)
    join proposals p on p.job_id = j.job_id
)
order by a.account_id
for update of a
