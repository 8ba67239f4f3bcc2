-- Settles open findings by an act.
-- $1 bigint[] finding_no, $2 text state, $3 timestamptz now, $4 text operator, $5 text reason
-- Guarantee: returns those that were open.
update audit_findings
set state = $2::text, settled_at = $3::timestamptz, operator = $4::text, reason = $5::text
where finding_no = any($1::bigint[]) and state = 'open'
returning finding_no
