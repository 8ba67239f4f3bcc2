-- Locks accounts in the order of their ids, as every writer of balances does, and answers their balances.
--
-- $1 ids (text[]). An id without an account is absent from the answer.
--
-- Differs by necessity: SQLite has one writer and locks no rows.
select account_id, balance
from accounts
where account_id = any ($1)
order by account_id
for update
