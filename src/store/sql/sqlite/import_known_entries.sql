-- The entries an import has to be held against: those with these ids, and those that reverse one of these.
--
-- $1 ids (JSON list): of the entries to come and of the charges they reverse. Times are microseconds.
--
-- Differs by necessity: there are no arrays; the ids come as JSON.
select entry_id, account_id, proposal_id, kind, amount, reverses, created_at, expires_at
from connects_entries
where entry_id in (select value from json_each($1))
union
select entry_id, account_id, proposal_id, kind, amount, reverses, created_at, expires_at
from connects_entries
where reverses in (select value from json_each($1))
