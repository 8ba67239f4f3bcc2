-- Writes an entry of a dead letter's history.
-- $1 bigint dead_letter_no, $2 timestamptz at, $3 text kind, $4 bigint replay_no, $5 text outcome, $6 text class, $7 text code,
-- $8 text message, $9 text pointer, $10 text version
-- Guarantee: in the transaction that did what it tells.
insert into dead_letter_attempts (dead_letter_no, at, kind, replay_no, outcome, class, code, message, pointer, version)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
