-- Loads accounts: new rows are written, changed ones updated, equal ones left alone.
--
-- One list each, in step: $1 account_id (text[]), $2 kind (text[]), $3 owner_id (text[]), $4 manager_id (text[]), $5
-- tell_manager (boolean[]).
-- The balance is not touched: it is the sum of the entries. The number of rows new or changed is the answer. The
-- caller sorts the rows by id, each id once, so that two imports lock in one order.
--
-- Differs by necessity: SQLite has no arrays; the rows come as JSON.
insert into accounts as t (account_id, kind, owner_id, manager_id, tell_manager)
select r.account_id, r.kind, r.owner_id, r.manager_id, r.tell_manager
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[])
    as r (account_id, kind, owner_id, manager_id, tell_manager)
on conflict (account_id) do update
set kind = excluded.kind, owner_id = excluded.owner_id, manager_id = excluded.manager_id,
    tell_manager = excluded.tell_manager
where t.kind is distinct from excluded.kind
    or t.owner_id is distinct from excluded.owner_id
    or t.manager_id is distinct from excluded.manager_id
    or t.tell_manager is distinct from excluded.tell_manager
