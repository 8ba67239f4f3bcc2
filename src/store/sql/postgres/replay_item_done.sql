-- Writes down what became of an item of a replay.
-- $1 bigint replay_no, $2 bigint position, $3 text state, $4 text outcome, $5 text code, $6 timestamptz now
-- Guarantee: once; the number of rows changed is checked.
update replay_items
set state = $3, outcome = $4, code = $5, done_at = $6
where replay_no = $1 and position = $2 and state = 'pending'
