-- Loads clients: new rows are written, changed ones updated, equal ones left alone.
--
-- $1 JSON list of [client_id, suspended].
-- The number of rows new or changed is the answer. Each id comes once.
--
-- Differs by necessity: there are no arrays; the rows come as JSON. `where true` keeps `on conflict` from being read
-- as part of a join.
insert into clients as t (client_id, suspended)
select r.value ->> 0, r.value ->> 1
from json_each($1) as r
where true
on conflict (client_id) do update
set suspended = excluded.suspended
where t.suspended is distinct from excluded.suspended
