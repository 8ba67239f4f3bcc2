-- The marketplace of the bench `million`: one client with :n proposals on open posts, and :live posts of other clients.
--
-- :n and :live are replaced by numbers. 98 in 100 proposals come from accounts of their own, the rest from agencies (1
-- account in 100), which so have three each. 1 account in 50 belongs to a person who has another one far away: their
-- letters gather lines from several chunks. A post has 50 proposals, spread over all accounts. Every other live proposal
-- was paid by an account that the suspension comes to as well.
insert into clients (client_id)
select 'cli-big' union all select 'cli-' || k from generate_series(1, :live) as k;

insert into people (person_id, name, email)
select 'per-' || i, 'Person ' || i, 'per-' || i || '@people.test' from generate_series(1, :n) as i
union all
select 'man-' || i, 'Manager ' || i, 'man-' || i || '@people.test' from generate_series(100, :n - :n / 50, 100) as i
union all
select 'lpe-' || k, 'Live ' || k, 'lpe-' || k || '@people.test' from generate_series(2, :live, 2) as k;

insert into jobs (job_id, client_id, title, state, state_since)
select 'job-' || i, 'cli-big', 'Post ' || i, 'open', now() - interval '3 days' from generate_series(0, :n / 50 - 1) as i
union all
select 'live-' || k, 'cli-' || k, 'Live post ' || k, 'open', now() - interval '3 days' from generate_series(1, :live) as k;

insert into proposals (proposal_id, job_id, account_id, person_id, state, state_since, submitted_at)
select 'pro-' || j, 'job-' || j % (:n / 50), 'acc-' || lpad(paid::text, 8, '0'),
    'per-' || case when j <= :n - :n / 50 and j % 50 = 7 then (j::bigint * 7919) % (:n - :n / 50) + 1 else j end,
    'submitted', now() - interval '2 days', now() - interval '2 days'
from generate_series(1, :n) as j
cross join lateral (select case when j > :n - :n / 50 then 100 + 100 * (j % ((:n - :n / 50) / 100)) else j end) as by (paid)
union all
select 'lpr-' || k, 'live-' || k,
    case when k % 2 = 0 then 'lac-' || k else 'acc-' || lpad(paid::text, 8, '0') end,
    case when k % 2 = 0 then 'lpe-' || k else 'per-' || paid end,
    'submitted', now() - interval '2 days', now() - interval '2 days'
from generate_series(1, :live) as k
cross join lateral (select 100 * (k * 7 % ((:n - :n / 50) / 100)) + 3) as by (paid);

insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, created_at)
select 'fee-' || p.proposal_id, p.account_id, p.proposal_id, 'fee', -(6 + length(p.job_id) % 3), p.submitted_at
from proposals p
union all
select 'gra-' || account_id, account_id, null, 'grant', 500, now() - interval '9 days'
from (select distinct account_id from proposals) as a;

insert into accounts (account_id, kind, owner_id, manager_id, balance)
select a.account_id, case when i % 100 = 0 then 'agency' else 'freelancer' end,
    'per-' || case when i % 50 = 7 then (i::bigint * 7919) % (:n - :n / 50) + 1 else i end,
    case when i % 100 = 0 then 'man-' || i end, e.total
from generate_series(1, :n - :n / 50) as i
cross join lateral (select 'acc-' || lpad(i::text, 8, '0')) as a (account_id)
join (select account_id, sum(amount) as total from connects_entries group by account_id) as e on e.account_id = a.account_id
union all
select 'lac-' || k, 'freelancer', 'lpe-' || k, null, e.total
from generate_series(2, :live, 2) as k
join (select account_id, sum(amount) as total from connects_entries where account_id like 'lac-%' group by account_id) as e
    on e.account_id = 'lac-' || k;

analyze;
