-- Writes down what does not agree.
-- $1 text check_name, $2 text[] code, $3 text[] kind, $4 text[] subject, $5 text[] details as JSON (one each), $6 timestamptz now,
-- $7 timestamptz when they are due
-- Guarantee: one row a code and subject, for ever. One that was accepted stays so while its details are the same.
insert into audit_findings (check_name, code, kind, subject, details, first_seen, last_seen, due_at)
select $1::text, g.code, g.kind, g.subject, g.details, $6::timestamptz, $6::timestamptz, $7::timestamptz
from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as g (code, kind, subject, details)
order by g.code, g.kind, g.subject
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
