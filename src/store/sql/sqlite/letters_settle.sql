-- Moves letters from one state to another: into the archive, or out of it.
-- $1 JSON array of numbers, $2 state they must have, $3 state they get, $4 settled at in microseconds (null: open again)
-- Guarantee: those in another state are left alone and not returned.
-- Differs by necessity because the transaction holds the only write lock.
update dead_letters
set state = $3, settled_at = $4
where dead_letter_no in (select value from json_each($1)) and state = $2
returning dead_letter_no
