-- Reads some accounts, without locking them.
-- $1 text[] account_id
select account_id, kind, owner_id, manager_id, tell_manager, balance
from accounts
where account_id = any($1::text[])
