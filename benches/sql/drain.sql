-- The marketplace of the bench `drain`: :n jobs with one proposal each, by people with an account each. :n is replaced by a number.
insert into clients (client_id) select 'cli-' || i from generate_series(1, :n) as i;
insert into people (person_id, name, email)
select 'per-' || i, 'Person ' || i, 'per-' || i || '@people.test' from generate_series(1, :n) as i;
insert into accounts (account_id, kind, owner_id, balance)
select 'acc-' || i, 'freelancer', 'per-' || i, 494 - i % 3 from generate_series(1, :n) as i;
insert into jobs (job_id, client_id, title, state, state_since)
select 'job-' || i, 'cli-' || i, 'Post ' || i, 'open', now() - interval '3 days' from generate_series(1, :n) as i;
insert into proposals (proposal_id, job_id, account_id, person_id, state, state_since, submitted_at)
select 'pro-' || i, 'job-' || i, 'acc-' || i, 'per-' || i, 'submitted', now() - interval '2 days', now() - interval '2 days'
from generate_series(1, :n) as i;
insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, created_at)
select 'gra-' || i, 'acc-' || i, null, 'grant', 500, now() - interval '9 days' from generate_series(1, :n) as i
union all
select 'fee-' || i, 'acc-' || i, 'pro-' || i, 'fee', -(6 + i % 3), now() - interval '2 days' from generate_series(1, :n) as i;
analyze;
