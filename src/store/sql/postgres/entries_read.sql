-- Reads the ledger entries that name some proposals, and those that give back a charge of theirs without naming them.
-- $1 text[] proposal_id
-- Guarantee: oldest first; complete, since their accounts are locked.
select proposal_id, entry_id, account_id, kind, amount, reverses, created_at, expires_at
from connects_entries
where proposal_id = any($1::text[])
union all
select charge.proposal_id, back.entry_id, back.account_id, back.kind, back.amount, back.reverses, back.created_at,
    back.expires_at
from connects_entries charge
join connects_entries back on back.reverses = charge.entry_id and back.proposal_id is distinct from charge.proposal_id
where charge.proposal_id = any($1::text[])
order by 7, 2
