-- Locks and reads the accounts that paid for the proposals in reach of some events.
-- $1 text[] jobs, $2 text[] clients, $3 timestamptz[] since when (one each client), $4 text[] proposals
-- Guarantee: each account once; locked in the order of their ids, as everyone who locks accounts does.
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong.
select a.account_id, a.kind, a.owner_id, a.manager_id, a.tell_manager, a.balance
from accounts a
where a.account_id = any (array(
    select p.account_id
    from unnest($1::text[]) as e (job_id)
    cross join lateral (select p.account_id from proposals p where p.job_id = e.job_id offset 0) as p
    union
    select p.account_id
    from unnest($2::text[], $3::timestamptz[]) as e (client_id, since)
    cross join lateral (
        select j.job_id from jobs j
        where j.client_id = e.client_id and (j.state = 'open' or j.state_since >= e.since) offset 0
    ) as j
    cross join lateral (select p.account_id from proposals p where p.job_id = j.job_id offset 0) as p
    union
    select p.account_id
    from unnest($4::text[]) as e (proposal_id)
    cross join lateral (select p.account_id from proposals p where p.proposal_id = e.proposal_id offset 0) as p
))
order by a.account_id
for update of a
