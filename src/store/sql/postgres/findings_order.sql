-- Marks open findings whose repair was ordered.
-- $1 bigint[] finding_no, $2 text operator, $3 text reason
update audit_findings
set operator = $2::text, reason = $3::text
where finding_no = any($1::bigint[]) and state = 'open'
