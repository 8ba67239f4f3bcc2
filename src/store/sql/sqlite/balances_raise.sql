-- Moves balances with the entries just written.
-- $1 JSON array of rows (BalanceRow)
-- Guarantee: one row an account; the number of rows changed is checked. A sum beyond 64 bits is refused.
-- Differs by necessity because rows come as one JSON array.
update accounts as a
set balance = a.balance + (e.value ->> 'delta')
from jsonb_each($1) as e
where a.account_id = e.value ->> 'account_id'
