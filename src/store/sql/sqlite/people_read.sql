-- Reads which people are known.
-- $1 JSON array of person_id
-- Guarantee: the id of each that is there.
-- Differs by necessity because rows come as one JSON array.
select person_id
from people
where person_id in (select value from json_each($1))
