-- Marks open findings whose repair was ordered.
-- $1 JSON array of finding_no, $2 operator, $3 reason
-- Differs by necessity because numbers come as one JSON array.
update audit_findings
set operator = $2, reason = $3
where finding_no in (select value from json_each($1)) and state = 'open'
