-- Settles findings that were looked at and not seen again: repaired where that had been ordered, else gone.
-- $1 JSON array of finding_no, $2 now in microseconds
-- Differs by necessity because numbers come as one JSON array.
update audit_findings
set state = case when reason is not null then 'repaired' else 'gone' end, settled_at = $2
where finding_no in (select value from json_each($1)) and state = 'open' and last_seen < $2
