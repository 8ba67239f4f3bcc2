-- Findings that match, newest first; what is null or empty matches all.
-- $1 state, $2 code, $3 check_name, $4 subject, $5 JSON array of finding_no, $6 below this number, $7 limit
-- Differs by necessity because numbers come as one JSON array.
select finding_no, code, kind, subject, details, state, first_seen, last_seen, due_at, settled_at, operator, reason
from audit_findings
where ($1 is null or state = $1) and ($2 is null or code = $2) and ($3 is null or check_name = $3)
    and ($4 is null or subject = $4)
    and (json_array_length($5) = 0 or finding_no in (select value from json_each($5)))
    and finding_no < $6
order by finding_no desc
limit $7
