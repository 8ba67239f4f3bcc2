-- How many letters match (letters_filter.sql goes before).
-- No parameters of its own.
select count(*)
from matching
