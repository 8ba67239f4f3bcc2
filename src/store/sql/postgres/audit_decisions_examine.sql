-- Which of some decisions disagree with the ledger, or were told without a notice.
-- $1 bigint[] event_no, $2 text[] proposal_id (one each)
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong, and the kind stands in a filter so
-- that it does not read all returns, which it takes for few in a ledger that grows.
select g.code, 'decision' as kind, g.event_no || ':' || g.proposal_id as subject, g.details::text as details
from unnest($1::bigint[], $2::text[]) as k (event_no, proposal_id)
cross join lateral (
    select d.event_no, d.proposal_id, d.job_id, d.account_id, d.person_id, d.verdict, d.amount, d.told
    from decisions d
    where d.event_no = k.event_no and d.proposal_id = k.proposal_id
    offset 0
) as d
cross join lateral (select v.source, v.event_id from events v where v.event_no = d.event_no offset 0) as v
cross join lateral (
    select coalesce(sum(r.amount) filter (where r.kind = 'return'), 0) as returned
    from connects_entries r
    where r.proposal_id = d.proposal_id and r.event_no = d.event_no
) as r
cross join lateral (
    select 'return_differs' as code, d.event_no, d.proposal_id,
        json_build_object('source', v.source, 'event', v.event_id, 'job', d.job_id, 'account', d.account_id,
            'decided', d.amount, 'returned', r.returned) as details
    where r.returned <> d.amount
    union all
    select 'notice_missing', d.event_no, d.proposal_id,
        json_build_object('source', v.source, 'event', v.event_id, 'job', d.job_id, 'person', d.person_id)
    where d.told and not exists (select 1 from notices n where n.event_no = d.event_no and n.person_id = d.person_id)
) as g
