-- Whether people can be written to: their mail, without saying where it goes.
-- $1 JSON array of person_id, $2 microseconds now
-- Guarantee: one row each; of a suppression the one in force.
-- Differs by necessity because lists come as JSON arrays.
select p.person_id, p.email is not null as has_address, s.cause, s.created_at, s.expires_at
from people p
left join suppressions s on s.address = lower(trim(p.email)) and (s.expires_at is null or s.expires_at > $2)
where p.person_id in (select value from json_each($1))
