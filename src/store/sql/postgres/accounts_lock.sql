-- Locks and reads accounts by id.
-- $1 text[] account_id
-- Guarantee: locked in the order of their ids, as everyone who locks accounts does.
select a.account_id, a.kind, a.owner_id, a.manager_id, a.tell_manager, a.balance
from accounts a
where a.account_id = any($1::text[])
order by a.account_id
for update
