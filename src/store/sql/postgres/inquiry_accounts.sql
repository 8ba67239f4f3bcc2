-- Accounts by id.
-- $1 text[] account_id
-- Guarantee: one row each.
select account_id, kind, owner_id, manager_id, tell_manager, balance
from accounts
where account_id = any($1::text[])
