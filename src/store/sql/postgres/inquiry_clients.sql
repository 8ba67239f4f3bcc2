-- Clients by id.
-- $1 text[] client_id
-- Guarantee: one row each.
select client_id, suspended
from clients
where client_id = any($1::text[])
