-- Freezes the letters of a replay.
-- $1 bigint replay_no, $2 bigint[] dead_letter_no, ascending
-- Guarantee: done in the order of the list.
insert into replay_items (replay_no, position, dead_letter_no)
select $1, e.position, e.dead_letter_no
from unnest($2::bigint[]) with ordinality as e (dead_letter_no, position)
