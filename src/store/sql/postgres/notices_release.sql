-- Makes the notices that some events hold back due.
-- $1 bigint[] event_no, $2 timestamptz now
-- Guarantee: touches none that was ever due.
update notices
set due_at = $2
where event_no = any($1::bigint[]) and state = 'pending' and due_at is null
