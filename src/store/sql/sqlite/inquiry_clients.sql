-- Clients by id.
-- $1 JSON array of client_id
-- Guarantee: one row each.
-- Differs by necessity because lists come as JSON arrays.
select client_id, suspended
from clients
where client_id in (select value from json_each($1))
