-- Loads clients: new rows are written, changed ones updated, equal ones left alone.
--
-- One list each, in step: $1 client_id (text[]), $2 suspended (boolean[]).
-- The number of rows new or changed is the answer. The caller sorts the rows by id, each id once, so that two imports
-- lock in one order.
--
-- Differs by necessity: SQLite has no arrays; the rows come as JSON.
insert into clients as t (client_id, suspended)
select r.client_id, r.suspended
from unnest($1::text[], $2::boolean[])
    as r (client_id, suspended)
on conflict (client_id) do update
set suspended = excluded.suspended
where t.suspended is distinct from excluded.suspended
