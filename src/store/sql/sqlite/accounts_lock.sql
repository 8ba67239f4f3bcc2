-- Locks and reads accounts by id.
-- $1 JSON array of account_id
-- Guarantee: locked in the order of their ids, as everyone who locks accounts does.
-- Differs by necessity because rows come as one JSON array, and the transaction holds the only write lock.
select a.account_id, a.kind, a.owner_id, a.manager_id, a.tell_manager, a.balance
from accounts a
where a.account_id in (select value from json_each($1))
order by a.account_id
