-- Seals in their order.
-- $1 bigint from this number, $2 bigint limit
select seal_no, from_no, to_no, entries, amount, digest, sealed_at
from ledger_seals
where seal_no >= $1::bigint
order by seal_no
limit $2
