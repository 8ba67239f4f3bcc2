-- Writes returns into the ledger.
-- $1 text[] entry_id, $2 text[] account_id, $3 text[] proposal_id, $4 bigint[] amount, $5 text[] reverses, $6 text[] reason,
-- $7 bigint[] event_no, $8 timestamptz[] created_at, $9 timestamptz[] expires_at
-- Guarantee: a charge that was reversed before is an error of the database (UNIQUE reverses), never passed over.
insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no, created_at, expires_at)
select e.entry_id, e.account_id, e.proposal_id, 'return', e.amount, e.reverses, e.reason, e.event_no, e.created_at, e.expires_at
from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::timestamptz[],
    $9::timestamptz[])
    as e (entry_id, account_id, proposal_id, amount, reverses, reason, event_no, created_at, expires_at)
