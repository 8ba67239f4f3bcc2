-- The people whose notices were held back by these addresses, and how many notices of each.
-- $1 text[] addresses, $2 bigint limit
-- Walks the notices in the state `suppressed` (notices_unsent), not the people.
select n.person_id, count(*) as notices
from notices n
join people p on p.person_id = n.person_id
where n.state = 'suppressed'
    and lower(trim(p.email)) in (select lower(trim(a.address)) from unnest($1::text[]) as a (address))
group by n.person_id
order by n.person_id
limit $2
