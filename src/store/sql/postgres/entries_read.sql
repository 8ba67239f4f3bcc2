-- Reads the ledger entries that name some proposals.
-- $1 text[] proposal_id
-- Guarantee: oldest first; complete, since their accounts are locked.
select proposal_id, entry_id, account_id, kind, amount, reverses, created_at, expires_at
from connects_entries
where proposal_id = any($1::text[])
order by created_at, entry_id
