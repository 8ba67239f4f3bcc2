-- Moves balances by the sums of the entries written in this transaction.
--
-- In step: $1 account ids (text[]), each once, $2 sums (bigint[]). The accounts are locked and known to exist.
--
-- Differs by necessity: SQLite has no arrays; the list comes as JSON.
update accounts as a
set balance = a.balance + r.sum
from unnest($1::text[], $2::bigint[]) as r (account_id, sum)
where a.account_id = r.account_id
