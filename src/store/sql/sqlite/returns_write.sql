-- Writes returns into the ledger.
-- $1 JSON array of rows (ReturnRow)
-- Guarantee: a charge that was reversed before is an error of the database (UNIQUE reverses), never passed over.
-- Differs by necessity because rows come as one JSON array.
insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no, created_at, expires_at)
select e.value ->> 'entry_id', e.value ->> 'account_id', e.value ->> 'proposal_id', 'return', e.value ->> 'amount',
    e.value ->> 'reverses', e.value ->> 'reason', e.value ->> 'event_no', e.value ->> 'created_at', e.value ->> 'expires_at'
from jsonb_each($1) as e
