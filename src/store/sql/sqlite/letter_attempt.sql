-- Writes an entry of a dead letter's history.
-- $1 dead_letter_no, $2 at in microseconds, $3 kind, $4 replay_no, $5 outcome, $6 class, $7 code,
-- $8 message, $9 pointer, $10 version
-- Guarantee: in the transaction that did what it tells.
insert into dead_letter_attempts (dead_letter_no, at, kind, replay_no, outcome, class, code, message, pointer, version)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
