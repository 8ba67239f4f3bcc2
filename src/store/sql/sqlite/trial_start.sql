-- Writes down that the trial of a letter begins.
-- $1 dead_letter_no, $2 how long it is held, in microseconds
-- Guarantee: the caller holds its lock; it is committed before anything is tried.
-- Differs by necessity because the clock is unixepoch('subsec').
update dead_letters
set trials = trials + 1, trial_until = cast(unixepoch('subsec') * 1000000 as integer) + $2
where dead_letter_no = $1
