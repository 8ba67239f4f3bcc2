-- Makes a balance the sum of its entries, if it is not.
-- $1 text account_id
-- Guarantee: the account is locked first, so no entry is written between the sum and the balance.
with locked as materialized (
    select account_id from accounts where account_id = $1::text for update
)
update accounts a
set balance = e.total
from (
    select l.account_id, coalesce((select sum(c.amount) from connects_entries c where c.account_id = l.account_id), 0)::bigint as total
    from locked l
) as e
where a.account_id = e.account_id and a.balance <> e.total
