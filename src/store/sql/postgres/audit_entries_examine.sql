-- Which of some returns have no cause, speak of a job that lives, or are announced to nobody.
-- $1 text[] entry_id, $2 boolean returns are announced, $3 timestamptz written at or before this moment
-- A job lives if it is open and has been since before its event: what was opened again later had been closed.
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong, and the kind stands outside so that
-- it does not read all returns, which it takes for few in a ledger that grows.
select g.code, 'entry' as kind, g.entry_id as subject, g.details::text as details
from unnest($1::text[]) as k (entry_id)
cross join lateral (
    select r.entry_id, r.account_id, r.proposal_id, r.kind, r.amount, r.event_no, r.created_at
    from connects_entries r
    where r.entry_id = k.entry_id
    offset 0
) as r
left join lateral (
    select v.source, v.event_id, v.type, v.occurred_at, v.purged_at from events v where v.event_no = r.event_no offset 0
) as v on true
left join lateral (
    select d.verdict, d.job_id from decisions d where d.event_no = r.event_no and d.proposal_id = r.proposal_id offset 0
) as d on true
left join lateral (
    select p.job_id from proposals p where p.proposal_id = r.proposal_id offset 0
) as p on true
left join lateral (
    select j.job_id, j.state, j.state_since from jobs j where j.job_id = coalesce(d.job_id, p.job_id) offset 0
) as j on true
cross join lateral (
    select 'return_without_cause' as code, r.entry_id,
        json_build_object('account', r.account_id, 'proposal', r.proposal_id, 'amount', r.amount, 'event_no', r.event_no,
            'source', v.source, 'event', v.event_id, 'decision', d.verdict, 'job', j.job_id, 'job_state', j.state) as details
    where v.event_id is null or (v.purged_at is null and d.verdict is distinct from 'credited')
    union all
    select 'return_on_living_job', r.entry_id,
        json_build_object('account', r.account_id, 'proposal', r.proposal_id, 'amount', r.amount, 'event_no', r.event_no,
            'source', v.source, 'event', v.event_id, 'job', j.job_id, 'job_state', j.state)
    where d.verdict = 'credited' and v.type in ('job-canceled', 'job-expired', 'post-removed') and j.state = 'open'
        and j.state_since < v.occurred_at and r.created_at <= $3::timestamptz
    union all
    select 'announcement_missing', r.entry_id,
        json_build_object('account', r.account_id, 'proposal', r.proposal_id, 'amount', r.amount, 'event_no', r.event_no)
    where $2::boolean and d.verdict = 'credited'
        and r.created_at >= (select a.created_at from announcements a order by a.announcement_no limit 1)
        and not exists (select 1 from announcements a where a.entry_id = r.entry_id)
) as g
where r.kind = 'return'
