-- Loads proposals: new rows are written, changed ones updated, equal ones left alone.
--
-- One list each, in step: $1 proposal_id (text[]), $2 job_id (text[]), $3 account_id (text[]), $4 person_id (text[]),
-- $5 state (text[]), $6 state_since (timestamptz[]), $7 declined_by (text[]), $8 submitted_at (timestamptz[]), $9
-- invited (boolean[]).
-- The number of rows new or changed is the answer. The caller sorts the rows by id, each id once, so that two imports
-- lock in one order.
--
-- Differs by necessity: SQLite has no arrays; the rows come as JSON.
insert into proposals as t (
    proposal_id, job_id, account_id, person_id, state, state_since, declined_by, submitted_at, invited
)
select r.proposal_id, r.job_id, r.account_id, r.person_id, r.state, r.state_since, r.declined_by, r.submitted_at, r.invited
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::timestamptz[],
    $9::boolean[])
    as r (proposal_id, job_id, account_id, person_id, state, state_since, declined_by, submitted_at, invited)
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
