-- The next accounts of a fan-out.
-- $1 bigint event_no, $2 text cursor, $3 bigint limit
-- Guarantee: in the order of the cursor; a range of the primary key.
select account_id
from fanout_accounts
where event_no = $1 and account_id > $2
order by account_id
limit $3
