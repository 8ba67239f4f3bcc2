-- The letters of these digests that are there, and how they stand.
-- $1 text[] digest in hex
-- Guarantee: locks them, in the order of their numbers, until what comes is written.
select encode(digest, 'hex'), state
from dead_letters
where digest in (select decode(d.digest, 'hex') from unnest($1::text[]) as d (digest))
order by dead_letter_no
for update
