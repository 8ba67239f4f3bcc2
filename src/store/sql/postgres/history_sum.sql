-- The balance of an account before one of its entries, by the entries alone.
-- $1 text account_id, $2 timestamptz and, $3 text entry_id
-- Guarantee: read from the index of the statement.
select cast(coalesce(sum(amount), 0) as bigint) as balance
from connects_entries
where account_id = $1 and (created_at, entry_id) < ($2, $3)
