-- Writes down what became of an item of a replay.
-- $1 replay_no, $2 position, $3 state, $4 outcome, $5 code, $6 now in microseconds
-- Guarantee: once; the number of rows changed is checked.
update replay_items
set state = $3, outcome = $4, code = $5, done_at = $6
where replay_no = $1 and position = $2 and state = 'pending'
