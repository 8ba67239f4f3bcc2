-- The people whose notices were held back by these addresses, and how many notices of each.
-- $1 JSON array of addresses, $2 limit
-- Walks the notices in the state `suppressed` (notices_unsent), not the people.
-- Differs by necessity because the addresses come as one JSON array.
select n.person_id, count(*) as notices
from notices n
join people p on p.person_id = n.person_id
where n.state = 'suppressed' and lower(trim(p.email)) in (select lower(trim(value)) from json_each($1))
group by n.person_id
order by n.person_id
limit $2
