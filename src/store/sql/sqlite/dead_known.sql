-- The letters of these digests that are there, and how they stand.
-- $1 JSON array of digests in hex
-- Differs by necessity because the transaction holds the only write lock.
select lower(hex(digest)), state
from dead_letters
where digest in (select unhex(d.value) from json_each($1) as d)
order by dead_letter_no
