-- Beside the marketplace of `answers_postgres.sql`: jobs to be canceled while the bench looks on, and gaps the audit has to find.
--
-- :live jobs are open, :gaps jobs are canceled and no event ever said so; each has one proposal by an account of its own.
insert into clients (client_id) values ('cli-live'), ('cli-gap');

insert into people (person_id, name, email)
select 'per-live-' || i, 'Live ' || i, 'live-' || i || '@people.test' from generate_series(1, :live) as i
union all select 'per-gap-' || i, 'Gap ' || i, 'gap-' || i || '@people.test' from generate_series(1, :gaps) as i;

insert into accounts (account_id, kind, owner_id, balance)
select 'acc-live-' || i, 'freelancer', 'per-live-' || i, 94 from generate_series(1, :live) as i
union all select 'acc-gap-' || i, 'freelancer', 'per-gap-' || i, 94 from generate_series(1, :gaps) as i;

insert into jobs (job_id, client_id, title, state, state_since)
select 'live-' || i, 'cli-live', 'Live ' || i, 'open', timestamptz '2026-01-01' from generate_series(1, :live) as i
union all select 'gap-' || i, 'cli-gap', 'Gap ' || i, 'canceled', timestamptz '2026-01-09' from generate_series(1, :gaps) as i;

insert into proposals (proposal_id, job_id, account_id, person_id, state, state_since, submitted_at)
select 'pro-' || j.job_id, j.job_id, 'acc-' || j.job_id, 'per-' || j.job_id, 'submitted', timestamptz '2026-01-02', timestamptz '2026-01-02'
from jobs j where j.client_id in ('cli-live', 'cli-gap');

insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, created_at)
select 'grant-' || j.job_id, 'acc-' || j.job_id, null, 'grant', 100, timestamptz '2026-01-01'
from jobs j where j.client_id in ('cli-live', 'cli-gap')
union all
select 'fee-' || j.job_id, 'acc-' || j.job_id, 'pro-' || j.job_id, 'fee', -6, timestamptz '2026-01-02'
from jobs j where j.client_id in ('cli-live', 'cli-gap');

analyze;
