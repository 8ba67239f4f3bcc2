-- Reads which people are known.
-- $1 text[] person_id
-- Guarantee: the id of each that is there.
select person_id
from people
where person_id = any($1::text[])
