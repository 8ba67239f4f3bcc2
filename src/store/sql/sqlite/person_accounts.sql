-- Accounts that a person owns or manages, as objects.
-- $1 person_id, $2 limit
select json_object(
    'account', a.account_id,
    'kind', a.kind,
    'owner', a.owner_id,
    'manager', a.manager_id,
    'balance', a.balance
)
from accounts a
where a.owner_id = $1 or a.manager_id = $1
order by a.account_id
limit $2
