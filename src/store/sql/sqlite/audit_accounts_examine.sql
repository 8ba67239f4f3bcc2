-- Which of some balances are not the sum of their entries.
-- $1 JSON array of account_id
-- Differs by necessity because ids come as one JSON array.
with looked_at as materialized (
    select a.account_id, a.balance,
        (select coalesce(sum(e.amount), 0) from connects_entries e where e.account_id = a.account_id) as total
    from json_each($1) as k
    cross join accounts a on a.account_id = k.value
)
select 'balance_wrong' as code, 'account' as kind, account_id as subject,
    json_object('balance', balance, 'sum', total) as details
from looked_at
where balance <> total
