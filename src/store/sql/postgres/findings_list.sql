-- Findings that match, newest first; what is null or empty matches all.
-- $1 text state, $2 text code, $3 text check_name, $4 text subject, $5 bigint[] finding_no, $6 bigint below this number,
-- $7 bigint limit
select finding_no, code, kind, subject, details, state, first_seen, last_seen, due_at, settled_at, operator, reason
from audit_findings
where ($1::text is null or state = $1) and ($2::text is null or code = $2) and ($3::text is null or check_name = $3)
    and ($4::text is null or subject = $4) and (cardinality($5::bigint[]) = 0 or finding_no = any($5::bigint[]))
    and finding_no < $6::bigint
order by finding_no desc
limit $7
