-- A page of the accounts that paid for the proposals in reach of some events.
-- $1 text[] jobs, $2 text[] clients, $3 timestamptz[] since when (one each client), $4 text[] proposals, $5 text account_id above,
-- $6 bigint limit
-- Guarantee: each account once, in the order of their ids; none is locked.
select a.account_id
from (
    select p.account_id
    from unnest($1::text[]) as e (job_id)
    cross join lateral (select p.account_id from proposals p where p.job_id = e.job_id offset 0) as p
    union
    select p.account_id
    from unnest($2::text[], $3::timestamptz[]) as e (client_id, since)
    cross join lateral (
        select j.job_id from jobs j where j.client_id = e.client_id and (j.state = 'open' or j.state_since >= e.since) offset 0
    ) as j
    cross join lateral (select p.account_id from proposals p where p.job_id = j.job_id offset 0) as p
    union
    select p.account_id
    from unnest($4::text[]) as e (proposal_id)
    cross join lateral (select p.account_id from proposals p where p.proposal_id = e.proposal_id offset 0) as p
) as a
where a.account_id > $5 collate "C"
order by a.account_id collate "C"
limit $6
