-- Waits for whoever archives or erases: what moves from table to table meanwhile would escape an erasure.
-- $1 bigint key
-- Guarantee: held until the transaction ends; what its next statement sees was settled before.
select pg_advisory_xact_lock($1)
