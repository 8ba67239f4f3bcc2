-- Open findings that are due, by code: how many, and when the oldest was first seen.
-- $1 timestamptz now
select code, count(*), min(first_seen)
from audit_findings
where state = 'open' and due_at <= $1::timestamptz
group by code
order by code
