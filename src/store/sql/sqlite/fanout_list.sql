-- Lists the accounts an event has to come to.
-- $1 JSON array of jobs, $2 JSON array of [client, since in microseconds], $3 event_no
-- Guarantee: each account once.
-- Differs by necessity because rows come as one JSON array.
insert into fanout_accounts (event_no, account_id)
select $3, p.account_id
from json_each($1) as e
cross join proposals p on p.job_id = e.value
union
select $3, p.account_id
from json_each($2) as e
cross join jobs j on j.client_id = e.value ->> 0 and (j.state = 'open' or j.state_since >= e.value ->> 1)
cross join proposals p on p.job_id = j.job_id
