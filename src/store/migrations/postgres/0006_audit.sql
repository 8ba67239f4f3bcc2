-- What the audit found and how far it has come.

-- The order in which entries were written: how far the audit has read is a number of it.
alter table connects_entries add column entry_no bigint generated always as identity;
create unique index connects_entries_no on connects_entries (entry_no);
create index connects_entries_returns on connects_entries (entry_no) where kind = 'return';

-- Closed jobs in the order in which they closed; clients who are suspended. A view in a table's place has the installation's
-- own indexes (docs/integration.md).
do $$
begin
    if exists (select 1 from pg_class where oid = to_regclass('jobs') and relkind in ('r', 'p')) then
        create index jobs_closed on jobs (state_since, job_id) where state <> 'open';
    end if;
    if exists (select 1 from pg_class where oid = to_regclass('clients') and relkind in ('r', 'p')) then
        create index clients_suspended on clients (client_id) where suspended;
    end if;
end
$$;
create index replays_since on replays (created_at) where state in ('pending', 'running');

-- What does not agree: one row a code and subject, for ever.
create table audit_findings (
    finding_no bigint generated always as identity primary key,
    -- Which check looks at it again.
    check_name text not null,
    code text not null,
    kind text not null,
    subject text not null,
    -- JSON text, the same at every look unless something changed.
    details text not null,
    state text not null default 'open' check (state in ('open', 'repaired', 'accepted', 'gone')),
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    -- Before this moment it may be no more than late.
    due_at timestamptz not null,
    settled_at timestamptz,
    -- The act by which it was accepted or its repair ordered.
    operator text,
    reason text,
    unique (code, kind, subject),
    check ((state = 'open') = (settled_at is null))
);
create index audit_findings_state on audit_findings (state, finding_no);
create index audit_findings_subject on audit_findings (subject);
create index audit_findings_open on audit_findings (check_name, finding_no) where state = 'open';

-- How far each walk has come.
create table audit_marks (
    name text primary key,
    -- JSON text; null: at the beginning.
    cursor text,
    began_at timestamptz,
    -- When it last came to the end.
    completed_at timestamptz,
    -- What it looked at since it began.
    examined bigint not null default 0
);
