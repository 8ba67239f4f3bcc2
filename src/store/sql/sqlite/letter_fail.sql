-- A dead letter failed again: it is open, with its latest cause.
-- $1 dead_letter_no, $2 class, $3 code, $4 message, $5 pointer, $6 version, $7 now in microseconds,
-- $8 fingerprint
-- Guarantee: the number of rows changed tells whether there still is such a letter; what came stays as it came.
update dead_letters
set state = 'open', settled_at = null, trial_until = null, class = $2, code = $3, message = $4, pointer = $5,
    fingerprint = $8, version = $6,
    last_seen = max(last_seen, $7)
where dead_letter_no = $1
