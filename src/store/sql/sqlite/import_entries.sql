-- Writes new entries of the ledger.
--
-- $1 JSON list of [entry_id, account_id, proposal_id, kind, amount, reverses, created_at, expires_at], times in
-- microseconds. Plain insert: what is there already was sorted out before; a clash is an error.
--
-- Differs by necessity: there are no arrays; the rows come as JSON.
insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, reverses, created_at, expires_at)
select r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4, r.value ->> 5, r.value ->> 6,
    r.value ->> 7
from json_each($1) as r
