-- Writes a seal. Its number is the key: two who seal at once make one.
-- $1 bigint seal_no, $2 bigint from_no, $3 bigint to_no, $4 bigint entries, $5 bigint amount, $6 text digest, $7 timestamptz sealed_at
insert into ledger_seals (seal_no, from_no, to_no, entries, amount, digest, sealed_at)
values ($1, $2, $3, $4, $5, $6, $7)
