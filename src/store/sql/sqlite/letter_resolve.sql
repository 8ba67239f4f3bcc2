-- Resolves a dead letter.
-- $1 dead_letter_no, $2 now in microseconds
-- Guarantee: the caller holds its lock and has looked at its state.
update dead_letters
set state = 'resolved', settled_at = $2, trial_until = null
where dead_letter_no = $1
