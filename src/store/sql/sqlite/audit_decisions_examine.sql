-- Which of some decisions disagree with the ledger, or were told without a notice.
-- $1 JSON array of [event_no, proposal_id]
-- Differs by necessity because keys come as one JSON array.
with looked_at as materialized (
    select d.event_no, d.proposal_id, d.job_id, d.account_id, d.person_id, d.amount, d.told, v.source, v.event_id,
        (
            select coalesce(sum(r.amount), 0)
            from connects_entries r
            where r.proposal_id = d.proposal_id and r.kind = 'return' and r.event_no = d.event_no
        ) as returned
    from json_each($1) as k
    cross join decisions d on d.event_no = k.value ->> 0 and d.proposal_id = k.value ->> 1
    cross join events v on v.event_no = d.event_no
)
select 'return_differs' as code, 'decision' as kind, event_no || ':' || proposal_id as subject,
    json_object('source', source, 'event', event_id, 'job', job_id, 'account', account_id, 'decided', amount,
        'returned', returned) as details
from looked_at
where returned <> amount
union all
select 'notice_missing', 'decision', event_no || ':' || proposal_id,
    json_object('source', source, 'event', event_id, 'job', job_id, 'person', person_id)
from looked_at
where told = 1
    and not exists (
        select 1 from notices n where n.event_no = looked_at.event_no and n.person_id = looked_at.person_id
    )
