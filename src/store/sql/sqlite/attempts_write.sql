-- Adds to the histories of letters, in the order given.
-- $1 JSON array of rows (AttemptRow), times in microseconds
insert into dead_letter_attempts (dead_letter_no, at, kind, replay_no, outcome, class, code, message, pointer, version)
select a.value ->> 'dead_letter_no', a.value ->> 'at', a.value ->> 'kind', a.value ->> 'replay_no', a.value ->> 'outcome',
    a.value ->> 'class', a.value ->> 'code', a.value ->> 'message', a.value ->> 'pointer', a.value ->> 'version'
from json_each($1) as a
order by a.key
