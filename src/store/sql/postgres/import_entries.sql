-- Writes new entries of the ledger.
--
-- One list each, in step: $1 entry_id (text[]), $2 account_id (text[]), $3 proposal_id (text[]), $4 kind (text[]),
-- $5 amount (bigint[]), $6 reverses (text[]), $7 created_at (timestamptz[]), $8 expires_at (timestamptz[]).
-- Plain insert: what is there already was sorted out before, under the locks of the accounts; a clash is an error.
--
-- Differs by necessity: SQLite has no arrays; the rows come as JSON.
insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, reverses, created_at, expires_at)
select entry_id, account_id, proposal_id, kind, amount, reverses, created_at, expires_at
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::timestamptz[], $8::timestamptz[])
    as r (entry_id, account_id, proposal_id, kind, amount, reverses, created_at, expires_at)
