-- Entries of a range as they are sealed, in their order; moments in microseconds since 1970 UTC.
-- $1 bigint behind this number, $2 bigint up to this one, $3 bigint limit
select entry_no, entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no,
    case when isfinite(created_at) then (extract(epoch from created_at) * 1000000)::bigint end as created_at,
    case when isfinite(expires_at) then (extract(epoch from expires_at) * 1000000)::bigint end as expires_at
from connects_entries
where entry_no > $1::bigint and entry_no <= $2::bigint
order by entry_no
limit $3
