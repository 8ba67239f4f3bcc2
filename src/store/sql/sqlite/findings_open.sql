-- Open findings that are due, by code: how many, and when the oldest was first seen.
-- $1 now in microseconds
select code, count(*), min(first_seen)
from audit_findings
where state = 'open' and due_at <= $1
group by code
order by code
