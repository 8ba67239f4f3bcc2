-- The entries an import has to be held against: those with these ids, and those that reverse one of these.
--
-- $1 ids (text[]): of the entries to come and of the charges they reverse. Their accounts are locked, so the answer holds
-- until the transaction ends.
--
-- Differs by necessity: SQLite has no arrays; the ids come as JSON.
select entry_id, account_id, proposal_id, kind, amount, reverses, created_at, expires_at
from connects_entries
where entry_id = any ($1)
union
select entry_id, account_id, proposal_id, kind, amount, reverses, created_at, expires_at
from connects_entries
where reverses = any ($1)
