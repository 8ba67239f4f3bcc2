-- Writes down what does not agree.
-- $1 check_name, $2 JSON array of rows (GapWrite), $3 now in microseconds, $4 when they are due
-- Guarantee: one row a code and subject, for ever. One that was accepted stays so while its details are the same.
-- Differs by necessity because rows come as one JSON array.
insert into audit_findings (check_name, code, kind, subject, details, first_seen, last_seen, due_at)
select $1, g.value ->> 'code', g.value ->> 'kind', g.value ->> 'subject', g.value ->> 'details', $3, $3, $4
from json_each($2) as g
where true
on conflict (code, kind, subject) do update
set last_seen = excluded.last_seen,
    details = excluded.details,
    due_at = case when audit_findings.state = 'open' then audit_findings.due_at else excluded.due_at end,
    first_seen = case when audit_findings.state in ('gone', 'repaired') then excluded.first_seen else audit_findings.first_seen end,
    state = case
        when audit_findings.state = 'accepted' and audit_findings.details = excluded.details then 'accepted'
        else 'open'
    end,
    settled_at = case
        when audit_findings.state = 'accepted' and audit_findings.details = excluded.details then audit_findings.settled_at
    end,
    operator = case when audit_findings.state in ('gone', 'repaired') then null else audit_findings.operator end,
    reason = case when audit_findings.state in ('gone', 'repaired') then null else audit_findings.reason end
