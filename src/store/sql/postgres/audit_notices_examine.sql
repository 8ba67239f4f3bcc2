-- Which of some notices tell of no decision, or are announced to nobody.
-- $1 bigint[] event_no, $2 text[] person_id (one each), $3 boolean notices are announced
-- A notice about a person and no proposal has no decisions; one whose lines were erased cannot be compared.
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong.
select g.code, 'notice' as kind, g.event_no || ':' || g.person_id as subject, g.details::text as details
from unnest($1::bigint[], $2::text[]) as k (event_no, person_id)
cross join lateral (
    select n.notice_id, n.event_no, n.person_id, n.lines, n.created_at
    from notices n
    where n.event_no = k.event_no and n.person_id = k.person_id
    offset 0
) as n
cross join lateral (select v.source, v.event_id, v.type from events v where v.event_no = n.event_no offset 0) as v
cross join lateral (
    select 'notice_without_decision' as code, n.event_no, n.person_id,
        json_build_object('notice', n.notice_id, 'source', v.source, 'event', v.event_id) as details
    where v.type in ('job-canceled', 'post-removed', 'client-suspended', 'job-expired', 'proposal-declined')
        and case when jsonb_typeof(n.lines) = 'array' then jsonb_array_length(n.lines) > 0 else false end
        and not exists (
            select 1
            from jsonb_array_elements(n.lines) as l (line)
            cross join lateral (
                select 1 from decisions d
                where d.event_no = n.event_no and d.proposal_id = l.line ->> 'proposal' and d.told
                offset 0
            ) as d
        )
    union all
    select 'announcement_missing', n.event_no, n.person_id,
        json_build_object('notice', n.notice_id, 'source', v.source, 'event', v.event_id, 'type', v.type)
    where $3::boolean
        and n.created_at >= (select a.created_at from announcements a order by a.announcement_no limit 1)
        and not exists (select 1 from announcements a where a.notice_id = n.notice_id)
) as g
