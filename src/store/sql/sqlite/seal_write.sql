-- Writes a seal. Its number is the key: two who seal at once make one.
-- $1 seal_no, $2 from_no, $3 to_no, $4 entries, $5 amount, $6 digest, $7 sealed_at in microseconds
insert into ledger_seals (seal_no, from_no, to_no, entries, amount, digest, sealed_at)
values ($1, $2, $3, $4, $5, $6, $7)
