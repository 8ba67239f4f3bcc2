-- Loads jobs: new rows are written, changed ones updated, equal ones left alone.
--
-- One list each, in step: $1 job_id (text[]), $2 client_id (text[]), $3 title (text[]), $4 state (text[]), $5
-- state_since (timestamptz[]), $6 hired_at (timestamptz[]).
-- The number of rows new or changed is the answer. The caller sorts the rows by id, each id once, so that two imports
-- lock in one order.
--
-- Differs by necessity: SQLite has no arrays; the rows come as JSON.
insert into jobs as t (job_id, client_id, title, state, state_since, hired_at)
select r.job_id, r.client_id, r.title, r.state, r.state_since, r.hired_at
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
    as r (job_id, client_id, title, state, state_since, hired_at)
on conflict (job_id) do update
set client_id = excluded.client_id, title = excluded.title, state = excluded.state,
    state_since = excluded.state_since, hired_at = excluded.hired_at
where t.client_id is distinct from excluded.client_id
    or t.title is distinct from excluded.title
    or t.state is distinct from excluded.state
    or t.state_since is distinct from excluded.state_since
    or t.hired_at is distinct from excluded.hired_at
