-- Settles findings that were looked at and not seen again: repaired where that had been ordered, else gone.
-- $1 bigint[] finding_no, $2 timestamptz now
update audit_findings
set state = case when reason is not null then 'repaired' else 'gone' end, settled_at = $2::timestamptz
where finding_no = any($1::bigint[]) and state = 'open' and last_seen < $2::timestamptz
