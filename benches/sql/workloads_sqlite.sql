-- W1 of `make bench` on SQLite: :n open jobs with one proposal each, by people with an account each. :n is replaced by a number.
create temp table s as with recursive s (i) as (select 1 union all select i + 1 from s where i < :n) select i from s;
insert into clients (client_id, suspended) select 'cli-' || i, false from s;
insert into people (person_id, name, email) select 'per-' || i, 'Person ' || i, 'per-' || i || '@people.test' from s;
insert into accounts (account_id, kind, owner_id, balance) select 'acc-' || i, 'freelancer', 'per-' || i, 494 - i % 3 from s;
insert into jobs (job_id, client_id, title, state, state_since)
select 'job-' || i, 'cli-' || i, 'Post ' || i, 'open', 1767225600000000 from s;
insert into proposals (proposal_id, job_id, account_id, person_id, state, state_since, submitted_at)
select 'pro-' || i, 'job-' || i, 'acc-' || i, 'per-' || i, 'submitted', 1767225600000000, 1767225600000000 from s;
insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, created_at)
select 'gra-' || i, 'acc-' || i, null, 'grant', 500, 1766225600000000 from s
union all
select 'fee-' || i, 'acc-' || i, 'pro-' || i, 'fee', -(6 + i % 3), 1767225600000000 from s;
drop table s;
