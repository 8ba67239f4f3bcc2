-- Makes a balance the sum of its entries, if it is not.
-- $1 account_id
-- Guarantee: the transaction holds the only write lock, so no entry is written between the sum and the balance.
update accounts
set balance = (select coalesce(sum(c.amount), 0) from connects_entries c where c.account_id = $1)
where account_id = $1 and balance <> (select coalesce(sum(c.amount), 0) from connects_entries c where c.account_id = $1)
