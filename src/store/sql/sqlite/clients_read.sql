-- Reads clients by id.
-- $1 JSON array of client_id
-- Guarantee: a row for each that is there.
-- Differs by necessity because rows come as one JSON array.
select client_id, suspended
from clients
where client_id in (select value from json_each($1))
