-- Settles open findings by an act.
-- $1 JSON array of finding_no, $2 state, $3 now in microseconds, $4 operator, $5 reason
-- Guarantee: returns those that were open.
-- Differs by necessity because numbers come as one JSON array.
update audit_findings
set state = $2, settled_at = $3, operator = $4, reason = $5
where finding_no in (select value from json_each($1)) and state = 'open'
returning finding_no
