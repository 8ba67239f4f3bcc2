-- Reads the ledger entries that name some proposals.
-- $1 JSON array of proposal_id
-- Guarantee: oldest first; complete, since their accounts are locked.
-- Differs by necessity because rows come as one JSON array.
select proposal_id, entry_id, account_id, kind, amount, reverses, created_at, expires_at
from connects_entries
where proposal_id in (select value from json_each($1))
order by created_at, entry_id
