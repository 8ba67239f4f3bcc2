-- Which of some returns have no cause, speak of a job that lives, or are announced to nobody.
-- $1 JSON array of entry_id, $2 returns are announced (0 or 1), $3 written at or before this moment in microseconds
-- A job lives if it is open and has been since before its event: what was opened again later had been closed.
-- Differs by necessity because ids come as one JSON array.
with looked_at as materialized (
    select r.entry_id, r.account_id, r.proposal_id, r.amount, r.event_no, r.created_at, v.source, v.event_id, v.type,
        v.occurred_at, v.purged_at, d.verdict, j.job_id, j.state, j.state_since
    from json_each($1) as k
    cross join connects_entries r on r.entry_id = k.value and r.kind = 'return'
    left join events v on v.event_no = r.event_no
    left join decisions d on d.event_no = r.event_no and d.proposal_id = r.proposal_id
    left join proposals p on p.proposal_id = r.proposal_id
    left join jobs j on j.job_id = coalesce(d.job_id, p.job_id)
)
select 'return_without_cause' as code, 'entry' as kind, entry_id as subject,
    json_object('account', account_id, 'proposal', proposal_id, 'amount', amount, 'event_no', event_no, 'source', source,
        'event', event_id, 'decision', verdict, 'job', job_id, 'job_state', state) as details
from looked_at
where event_id is null or (purged_at is null and verdict is not 'credited')
union all
select 'return_on_living_job', 'entry', entry_id,
    json_object('account', account_id, 'proposal', proposal_id, 'amount', amount, 'event_no', event_no, 'source', source,
        'event', event_id, 'job', job_id, 'job_state', state)
from looked_at
where verdict = 'credited' and type in ('job-canceled', 'job-expired', 'post-removed') and state = 'open'
    and state_since < occurred_at and created_at <= $3
union all
select 'announcement_missing', 'entry', entry_id,
    json_object('account', account_id, 'proposal', proposal_id, 'amount', amount, 'event_no', event_no)
from looked_at
where $2 = 1 and verdict = 'credited'
    and created_at >= (
        select a.created_at from announcements a
        where a.announcement_no = (select min(b.announcement_no) from announcements b)
    )
    and not exists (select 1 from announcements a where a.entry_id = looked_at.entry_id)
