-- What happened to letters, in order.
-- $1 bigint[] numbers
select dead_letter_no, at, kind, replay_no, outcome, class, code, message, pointer, version
from dead_letter_attempts
where dead_letter_no = any($1)
order by dead_letter_no, attempt_no
