-- Writes new entries of the ledger.
--
-- $1 JSON list of {entry_id, account_id, proposal_id, kind, amount, reverses, created_at, expires_at}, times in
-- microseconds. Plain insert: what is there already was sorted out before; a clash is an error.
--
-- Differs by necessity: there are no arrays; the rows come as JSON.
insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, reverses, created_at, expires_at)
select r.value ->> 'entry_id', r.value ->> 'account_id', r.value ->> 'proposal_id', r.value ->> 'kind',
    r.value ->> 'amount', r.value ->> 'reverses', r.value ->> 'created_at', r.value ->> 'expires_at'
from json_each($1) as r
