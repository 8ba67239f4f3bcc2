-- Reads accounts by id, without locking them.
-- $1 JSON array of account_id
select a.account_id, a.kind, a.owner_id, a.manager_id, a.tell_manager, a.balance
from accounts a
where a.account_id in (select value from json_each($1))
