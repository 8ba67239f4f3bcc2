-- Accounts: a page of keys.
-- $1 text behind this account, $2 bigint limit
select account_id
from accounts
where account_id > $1::text
order by account_id
limit $2
