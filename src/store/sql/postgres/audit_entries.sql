-- Returns, in the order in which they were written: a page of keys.
-- $1 bigint behind this number, $2 bigint limit
select entry_no, entry_id
from connects_entries
where kind = 'return' and entry_no > $1::bigint
order by entry_no
limit $2
