-- Writes down that the trial of a letter begins.
-- $1 bigint dead_letter_no, $2 bigint how long it is held, in microseconds
-- Guarantee: the caller holds its lock; it is committed before anything is tried.
update dead_letters
set trials = trials + 1, trial_until = clock_timestamp() + $2 * interval '1 microsecond'
where dead_letter_no = $1
