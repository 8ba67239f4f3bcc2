-- Moves balances with the entries just written.
-- $1 text[] account_id, $2 bigint[] delta
-- Guarantee: one row an account; the number of rows changed is checked. A sum beyond 64 bits is refused.
-- The keys stand there once more so that the table is never read whole, however small the planner takes it for.
update accounts a
set balance = a.balance + e.delta
from unnest($1::text[], $2::bigint[]) as e (account_id, delta)
where a.account_id = any ($1::text[]) and a.account_id = e.account_id
