-- What the audit found about some subjects.
-- $1 text[] subject, $2 bigint limit
-- Guarantee: the first found, at most so many; every part is a look into an index.
select finding_no, code, kind, subject, details, state, first_seen, last_seen, settled_at, operator, reason
from audit_findings
where subject = any($1::text[])
order by finding_no + 0
limit $2
