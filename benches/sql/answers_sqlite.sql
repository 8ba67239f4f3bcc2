-- The marketplace of the bench `answers` on SQLite: :total proposals whose jobs were canceled, with all that came of it.
--
-- :total is replaced by a number. 1 proposal in 10 is on one job, 1 in 100 comes from one account; else a job has 50 proposals
-- and an account 5.
insert into clients (client_id, suspended) select 'cli-' || i, false from (
    with recursive s (i) as (select 0 union all select i + 1 from s where i < :total / 500)
    select i from s
);

insert into people (person_id, name, email)
select 'per-' || i, 'Person ' || i, 'per-' || i || '@people.test' from (
    with recursive s (i) as (select 0 union all select i + 1 from s where i < :total / 5)
    select i from s
);

insert into jobs (job_id, client_id, title, state, state_since)
select 'job-' || i, 'cli-' || (i % (:total / 500)), 'Post ' || i, 'canceled', 1767945600000000 from (
    with recursive s (i) as (select 0 union all select i + 1 from s where i < :total / 50)
    select i from s
);

insert into proposals (proposal_id, job_id, account_id, person_id, state, state_since, submitted_at)
select 'pro-' || i, case when i % 10 = 3 then 'job-0' else 'job-' || (i % (:total / 50)) end,
    case when i % 100 = 7 then 'acc-busy' else 'acc-' || (i % (:total / 5)) end, 'per-' || (i % (:total / 5)),
    'submitted', 1767225600000000 + 100000000 * (i % 5000), 1767225600000000 + 100000000 * (i % 5000)
from (
    with recursive s (i) as (select 1 union all select i + 1 from s where i < :total)
    select i from s
);

insert into events (source, event_id, type, occurred_at, received_at, payload, payload_hash, state, policy_version, applied_at,
    job_id)
select '/bench', 'evt-' || i, 'job-canceled', 1767945600000000, 1767949200000000,
    '{"data":{"cause":"client-canceled","job_id":"job-' || i || '"}}', zeroblob(32), 'applied', '2026-01', 1767949200000000, 'job-' || i
from (
    with recursive s (i) as (select 0 union all select i + 1 from s where i < :total / 50)
    select i from s
);

insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, created_at)
select 'fee-' || proposal_id, account_id, proposal_id, 'fee', -6, submitted_at from proposals;

insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no, created_at, expires_at)
select 'return-fee-' || p.proposal_id, p.account_id, p.proposal_id, 'return', 6, 'fee-' || p.proposal_id, 'client_canceled',
    e.event_no, 1767949200000000, 1799625600000000
from proposals p join events e on e.job_id = p.job_id;

insert into accounts (account_id, kind, owner_id, balance)
select 'acc-' || i, 'freelancer', 'per-' || i, 0 from (
    with recursive s (i) as (select 0 union all select i + 1 from s where i < :total / 5)
    select i from s
)
union all select 'acc-busy', 'agency', 'per-0', 0;

insert into decisions (event_no, proposal_id, job_id, account_id, person_id, rule, policy_version, verdict, reason, amount, told,
    decided_at, facts)
select e.event_no, p.proposal_id, p.job_id, p.account_id, p.person_id, 'row-01', '2026-01', 'credited', 'client_canceled', 6, true,
    1767949200000000, '{"proposal":"submitted","proposal_since":"2026-01-02T00:00:00Z","submitted_at":"2026-01-02T00:00:00Z","job":"canceled","job_since":"2026-01-09T00:00:00Z","fee":6,"fee_left":6,"boost":0,"boost_left":0}'
from proposals p join events e on e.job_id = p.job_id;

insert into notices (notice_id, event_no, person_id, about, lines, state, attempts, code, reply, created_at, settled_at)
select randomblob(16), d.event_no, d.person_id, '{}', ('[{"proposal":"' || min(d.proposal_id) || '","job":"' || min(d.job_id)
    || '","job_title":"Post","submitted_at":"2026-01-02T00:00:00Z","invited":false,"role":"submitter","account":"acc-1","agency":false,"verdict":"credited","reason":"client_canceled","ground":null,"fee_spent":6,"boost_spent":0,"fee_returned":6,"boost_returned":0,"entries":[],"balance_after":6,"decided_at":"2026-01-09T00:00:00Z","expires_at":null}]'),
    'sent', 1, 'smtp_250', 'ok', 1767949200000000, 1767952800000000
from decisions d group by d.event_no, d.person_id;

analyze;
