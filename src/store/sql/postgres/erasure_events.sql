-- Events that speak of a person, in the order of their numbers.
-- $1 bigint number above, $2 text person_id, $3 text[] addresses in small letters, $4 bigint limit
-- `alone`: the event is about this person and nobody else. Else it only holds an address of theirs.
-- Reads the inbox and the archive from end to end: texts have no index, and this is asked once in a while.
select e.event_no, e.payload, e.alone
from (
    select v.event_no, coalesce(a.payload, v.payload) as payload,
        coalesce(v.person_id = $2, false)
            or exists (select 1 from proposals p where p.proposal_id = v.proposal_id and p.person_id = $2) as alone
    from events v
    left join archived_events a on a.event_no = v.event_no and a.month = v.archive_month
    where v.event_no > $1
) as e
where e.alone or exists (select 1 from unnest($3::text[]) as a (address) where position(a.address in lower(e.payload)) > 0)
order by e.event_no
limit $4
