-- A dead letter failed again: it is open, with its latest cause.
-- $1 bigint dead_letter_no, $2 text class, $3 text code, $4 text message, $5 text pointer, $6 text version, $7 timestamptz now,
-- $8 text fingerprint
-- Guarantee: the number of rows changed tells whether there still is such a letter; what came stays as it came.
update dead_letters
set state = 'open', settled_at = null, trial_until = null, class = $2, code = $3, message = $4, pointer = $5,
    fingerprint = $8, version = $6,
    last_seen = greatest(last_seen, $7)
where dead_letter_no = $1
