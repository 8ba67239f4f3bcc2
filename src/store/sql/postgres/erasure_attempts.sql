-- Takes what errors quoted out of the histories of dead letters.
-- $1 bigint[] dead_letter_no
update dead_letter_attempts
set message = null, pointer = null
where dead_letter_no = any($1)
