-- The next item of a replay.
-- $1 bigint replay_no
-- Guarantee: lowest first; the caller holds the replay's lock, and looks after it has it.
select position, dead_letter_no
from replay_items
where replay_no = $1 and state = 'pending'
order by position
limit 1
