-- Events that speak of a person, in the order of their numbers.
-- $1 number above, $2 person_id, $3 JSON array of addresses in small letters, $4 limit
-- `alone`: the event is about this person and nobody else. Else it only holds an address of theirs.
-- Reads the inbox from end to end: texts have no index, and this is asked once in a while.
select e.event_no, e.payload, e.alone
from (
    select event_no, payload,
        coalesce(person_id = $2, 0)
            or exists (select 1 from proposals p where p.proposal_id = events.proposal_id and p.person_id = $2) as alone
    from events
    where event_no > $1
) as e
where e.alone or exists (select 1 from json_each($3) as a where instr(lower(e.payload), a.value) > 0)
order by e.event_no
limit $4
