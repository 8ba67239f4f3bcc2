-- Accounts: a page of keys.
-- $1 behind this account, $2 limit
select account_id
from accounts
where account_id > $1
order by account_id
limit $2
