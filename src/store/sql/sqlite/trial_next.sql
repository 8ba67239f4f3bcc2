-- Locks the oldest letter that is to be tried and that nobody tries.
-- No parameters.
-- Guarantee: the database's clock alone tells when a trial's time is over.
-- Differs by necessity because the transaction holds the only write lock (BEGIN IMMEDIATE); the clock is unixepoch('subsec').
select dead_letter_no, trials, type
from dead_letters
where state = 'trial' and (trial_until is null or trial_until <= cast(unixepoch('subsec') * 1000000 as integer))
order by dead_letter_no
limit 1
