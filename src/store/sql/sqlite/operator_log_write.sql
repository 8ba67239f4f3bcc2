-- Writes down what an operator did.
-- $1 at in microseconds, $2 operator, $3 action, $4 reason, $5 affected, $6 details as JSON, $7 version
-- Guarantee: runs in the transaction of the act; the log is append-only.
insert into operator_log (at, operator, action, reason, affected, details, version)
values ($1, $2, $3, $4, $5, $6, $7)
