-- Which of some notices tell of no decision, or are announced to nobody.
-- $1 JSON array of [event_no, person_id], $2 notices are announced (0 or 1)
-- A notice about a person and no proposal has no decisions; one whose lines were erased cannot be compared.
-- Differs by necessity because keys come as one JSON array; a notice's id is named in hex.
with looked_at as materialized (
    select n.notice_id, n.event_no, n.person_id, n.lines, n.created_at, v.source, v.event_id, v.type
    from json_each($1) as k
    cross join notices n on n.event_no = k.value ->> 0 and n.person_id = k.value ->> 1
    cross join events v on v.event_no = n.event_no
)
select 'notice_without_decision' as code, 'notice' as kind, event_no || ':' || person_id as subject,
    json_object('notice', lower(hex(notice_id)), 'source', source, 'event', event_id) as details
from looked_at
where type in ('job-canceled', 'post-removed', 'client-suspended', 'job-expired', 'proposal-declined')
    and json_array_length(lines) > 0
    and not exists (
        select 1
        from json_each(looked_at.lines) as l
        cross join decisions d on d.event_no = looked_at.event_no and d.proposal_id = l.value ->> 'proposal' and d.told = 1
    )
union all
select 'announcement_missing', 'notice', event_no || ':' || person_id,
    json_object('notice', lower(hex(notice_id)), 'source', source, 'event', event_id, 'type', type)
from looked_at
where $2 = 1
    and created_at >= (
        select a.created_at from announcements a
        where a.announcement_no = (select min(b.announcement_no) from announcements b)
    )
    and not exists (select 1 from announcements a where a.notice_id = looked_at.notice_id)
