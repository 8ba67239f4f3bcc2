-- Writes down what an operator did.
-- $1 timestamptz at, $2 text operator, $3 text action, $4 text reason, $5 bigint affected,
-- $6 text details as JSON, $7 text version
-- Guarantee: runs in the transaction of the act; the log is append-only.
insert into operator_log (at, operator, action, reason, affected, details, version)
values ($1, $2, $3, $4, $5, $6::jsonb, $7)
