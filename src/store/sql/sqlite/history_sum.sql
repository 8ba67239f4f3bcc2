-- The balance of an account before one of its entries, by the entries alone.
-- $1 account_id, $2 microseconds and, $3 entry_id
-- Guarantee: read from the index of the statement.
select coalesce(sum(amount), 0) as balance
from connects_entries
where account_id = $1 and (created_at, entry_id) < ($2, $3)
