-- Lists the accounts an event has to come to.
-- $1 text[] jobs, $2 text[] clients, $3 timestamptz[] since when (one each client), $4 bigint event_no
-- Guarantee: each account once.
insert into fanout_accounts (event_no, account_id)
select $4::bigint, p.account_id
from unnest($1::text[]) as e (job_id)
join proposals p on p.job_id = e.job_id
union
select $4::bigint, p.account_id
from unnest($2::text[], $3::timestamptz[]) as e (client_id, since)
join jobs j on j.client_id = e.client_id and (j.state = 'open' or j.state_since >= e.since)
join proposals p on p.job_id = j.job_id
