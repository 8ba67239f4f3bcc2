-- Reads the returns that some announcements tell of: the ledger's entry, the kind of the charge it gives back, and the job.
--
-- $1 announcement_no (bigint[]).
-- The job's title is that of now; null where the job is known no more. The looks at other tables are subselects so that no plan
-- can read them whole.
--
-- Differs by necessity: SQLite has no arrays; the numbers come as JSON.
select
    a.announcement_no, r.account_id, r.proposal_id, r.amount, r.reverses, r.reason, r.created_at, r.expires_at,
    a.balance_after,
    (select c.kind from connects_entries c where c.entry_id = r.reverses) as charge_kind,
    d.job_id,
    (select j.title from jobs j where j.job_id = d.job_id) as job_title
from announcements a
cross join lateral (
    select r.account_id, r.proposal_id, r.amount, r.reverses, r.reason, r.created_at, r.expires_at
    from connects_entries r where r.entry_id = a.entry_id offset 0
) as r
cross join lateral (
    select d.job_id from decisions d where d.event_no = a.event_no and d.proposal_id = r.proposal_id offset 0
) as d
where a.announcement_no = any ($1::bigint[])
