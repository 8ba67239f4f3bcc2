-- What the audit found about some subjects.
-- $1 JSON array of subject, $2 limit
-- Guarantee: the first found, at most so many; every part is a look into an index.
-- Differs by necessity because lists come as JSON arrays.
select finding_no, code, kind, subject, details, state, first_seen, last_seen, settled_at, operator, reason
from audit_findings
where subject in (select value from json_each($1))
order by finding_no + 0
limit $2
