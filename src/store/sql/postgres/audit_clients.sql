-- Clients who are suspended: a page of keys.
-- $1 text behind this client, $2 bigint limit
select client_id
from clients
where suspended and client_id > $1::text
order by client_id
limit $2
