-- Numbers of the letters that match (letters_filter.sql goes before), lowest first.
-- $15 limit
select dead_letter_no
from matching
order by dead_letter_no
limit $15
