-- Returns, in the order in which they were written: a page of keys.
-- $1 behind this number, $2 limit
select entry_no, entry_id
from connects_entries
where kind = 'return' and entry_no > $1
order by entry_no
limit $2
