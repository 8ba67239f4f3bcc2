-- The newest seals, newest first.
-- $1 limit
select seal_no, from_no, to_no, entries, amount, digest, sealed_at
from ledger_seals
order by seal_no desc
limit $1
