-- Freezes the letters of a replay.
-- $1 replay_no, $2 JSON array of dead_letter_no, ascending
-- Guarantee: done in the order of the list.
-- Differs by necessity because rows come as one JSON array.
insert into replay_items (replay_no, position, dead_letter_no)
select $1, e.key + 1, e.value
from json_each($2) as e
