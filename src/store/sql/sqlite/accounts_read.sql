-- Reads some accounts, without locking them.
-- $1 JSON array of account_id
-- Differs by necessity because ids come as one JSON array.
select account_id, kind, owner_id, manager_id, tell_manager, balance
from accounts
where account_id in (select value from json_each($1))
