-- Moves balances by the sums of the entries written in this transaction.
--
-- $1 JSON list of [account id, sum], each account once. The accounts are known to exist.
--
-- Differs by necessity: there are no arrays; the list comes as JSON.
update accounts
set balance = balance + r.sum
from (select value ->> 0 as account_id, value ->> 1 as sum from json_each($1)) as r
where accounts.account_id = r.account_id
