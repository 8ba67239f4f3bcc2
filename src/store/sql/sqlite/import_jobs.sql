-- Loads jobs: new rows are written, changed ones updated, equal ones left alone.
--
-- $1 JSON list of [job_id, client_id, title, state, state_since, hired_at], times in microseconds.
-- The number of rows new or changed is the answer. Each id comes once.
--
-- Differs by necessity: there are no arrays; the rows come as JSON. `where true` keeps `on conflict` from being read
-- as part of a join.
insert into jobs as t (job_id, client_id, title, state, state_since, hired_at)
select r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4, r.value ->> 5
from json_each($1) as r
where true
on conflict (job_id) do update
set client_id = excluded.client_id, title = excluded.title, state = excluded.state,
    state_since = excluded.state_since, hired_at = excluded.hired_at
where t.client_id is distinct from excluded.client_id
    or t.title is distinct from excluded.title
    or t.state is distinct from excluded.state
    or t.state_since is distinct from excluded.state_since
    or t.hired_at is distinct from excluded.hired_at
