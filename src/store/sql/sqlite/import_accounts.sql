-- Loads accounts: new rows are written, changed ones updated, equal ones left alone.
--
-- $1 JSON list of [account_id, kind, owner_id, manager_id, tell_manager].
-- The balance is not touched: it is the sum of the entries. The number of rows new or changed is the answer. Each id
-- comes once.
--
-- Differs by necessity: there are no arrays; the rows come as JSON. `where true` keeps `on conflict` from being read
-- as part of a join.
insert into accounts as t (account_id, kind, owner_id, manager_id, tell_manager)
select r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4
from json_each($1) as r
where true
on conflict (account_id) do update
set kind = excluded.kind, owner_id = excluded.owner_id, manager_id = excluded.manager_id,
    tell_manager = excluded.tell_manager
where t.kind is distinct from excluded.kind
    or t.owner_id is distinct from excluded.owner_id
    or t.manager_id is distinct from excluded.manager_id
    or t.tell_manager is distinct from excluded.tell_manager
