-- Reads the ledger entries that name some proposals, and those that give back a charge of theirs without naming them.
-- $1 text[] proposal_id
-- Guarantee: oldest first; complete, since their accounts are locked.
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong.
with charges as (
    select c.proposal_id, c.entry_id, c.account_id, c.kind, c.amount, c.reverses, c.created_at, c.expires_at
    from unnest($1::text[]) as k (proposal_id)
    cross join lateral (
        select c.proposal_id, c.entry_id, c.account_id, c.kind, c.amount, c.reverses, c.created_at, c.expires_at
        from connects_entries c where c.proposal_id = k.proposal_id offset 0
    ) as c
)
select proposal_id, entry_id, account_id, kind, amount, reverses, created_at, expires_at
from charges
union all
select charge.proposal_id, back.entry_id, back.account_id, back.kind, back.amount, back.reverses, back.created_at,
    back.expires_at
from charges charge
cross join lateral (
    select b.entry_id, b.account_id, b.kind, b.amount, b.reverses, b.created_at, b.expires_at
    from connects_entries b
    where b.reverses = charge.entry_id and b.proposal_id is distinct from charge.proposal_id
    offset 0
) as back
order by 7, 2
