-- Which of some balances are not the sum of their entries.
-- $1 text[] account_id
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong.
select 'balance_wrong' as code, 'account' as kind, a.account_id as subject,
    json_build_object('balance', a.balance, 'sum', e.total)::text as details
from unnest($1::text[]) as k (account_id)
cross join lateral (select a.account_id, a.balance from accounts a where a.account_id = k.account_id offset 0) as a
cross join lateral (
    select coalesce(sum(e.amount), 0) as total from connects_entries e where e.account_id = a.account_id
) as e
where a.balance <> e.total
