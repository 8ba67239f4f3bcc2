-- Entries of a range as they are sealed, in their order; moments in microseconds since 1970 UTC.
-- $1 behind this number, $2 up to this one, $3 limit
select entry_no, entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no, created_at, expires_at
from connects_entries
where entry_no > $1 and entry_no <= $2
order by entry_no
limit $3
