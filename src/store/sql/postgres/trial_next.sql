-- Locks the oldest letter that is to be tried and that nobody tries.
-- No parameters.
-- Guarantee: the database's clock alone tells when a trial's time is over; what another has locked is skipped.
select dead_letter_no, trials, type
from dead_letters
where state = 'trial' and (trial_until is null or trial_until <= (select clock_timestamp()))
order by dead_letter_no
limit 1
for update skip locked
