-- Clients who are suspended: a page of keys.
-- $1 behind this client, $2 limit
select client_id
from clients
where suspended = 1 and client_id > $1
order by client_id
limit $2
