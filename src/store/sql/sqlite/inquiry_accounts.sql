-- Accounts by id.
-- $1 JSON array of account_id
-- Guarantee: one row each.
-- Differs by necessity because lists come as JSON arrays.
select account_id, kind, owner_id, manager_id, tell_manager, balance
from accounts
where account_id in (select value from json_each($1))
