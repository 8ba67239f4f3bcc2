-- What happened to letters, in order.
-- $1 JSON array of numbers
select dead_letter_no, at, kind, replay_no, outcome, class, code, message, pointer, version
from dead_letter_attempts
where dead_letter_no in (select value from json_each($1))
order by dead_letter_no, attempt_no
