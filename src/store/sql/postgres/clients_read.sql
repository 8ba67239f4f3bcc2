-- Reads clients by id.
-- $1 text[] client_id
-- Guarantee: a row for each that is there.
select client_id, suspended
from clients
where client_id = any($1::text[])
