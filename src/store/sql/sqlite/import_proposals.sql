-- Loads proposals: new rows are written, changed ones updated, equal ones left alone.
--
-- $1 JSON list of [proposal_id, job_id, account_id, person_id, state, state_since, declined_by, submitted_at,
-- invited], times in microseconds.
-- The number of rows new or changed is the answer. Each id comes once.
--
-- Differs by necessity: there are no arrays; the rows come as JSON. `where true` keeps `on conflict` from being read
-- as part of a join.
insert into proposals as t (
    proposal_id, job_id, account_id, person_id, state, state_since, declined_by, submitted_at, invited
)
select r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4, r.value ->> 5, r.value ->> 6,
    r.value ->> 7, r.value ->> 8
from json_each($1) as r
where true
on conflict (proposal_id) do update
set job_id = excluded.job_id, account_id = excluded.account_id, person_id = excluded.person_id,
    state = excluded.state, state_since = excluded.state_since, declined_by = excluded.declined_by,
    submitted_at = excluded.submitted_at, invited = excluded.invited
where t.job_id is distinct from excluded.job_id
    or t.account_id is distinct from excluded.account_id
    or t.person_id is distinct from excluded.person_id
    or t.state is distinct from excluded.state
    or t.state_since is distinct from excluded.state_since
    or t.declined_by is distinct from excluded.declined_by
    or t.submitted_at is distinct from excluded.submitted_at
    or t.invited is distinct from excluded.invited
