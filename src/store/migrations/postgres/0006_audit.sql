-- What the audit found, how far it has come, and the seals over the ledger.

-- The order in which entries were written: what a seal covers is a range of it.
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
    -- What it looked at since it began, and in the walk before.
    examined bigint not null default 0,
    examined_before bigint not null default 0,
    -- Whoever walks now; the daemon's own row alone.
    lease_token uuid,
    lease_until timestamptz
);

-- Seals: each covers the entries behind the one before and holds the digest of both. Append-only, as the ledger.
create table ledger_seals (
    seal_no bigint primary key,
    -- Entries with a number above the first, up to the second.
    after_no bigint not null,
    upto_no bigint not null,
    entries bigint not null,
    -- As text: a sum may be longer than 64 bits.
    total text not null,
    digest bytea not null check (octet_length(digest) = 32),
    sealed_at timestamptz not null,
    check (upto_no > after_no)
);
create function makegood_seals_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'ledger_seals is append-only: % refused', tg_op using errcode = 'restrict_violation';
end
$$;
create trigger ledger_seals_append_only before update or delete or truncate on ledger_seals
    for each statement execute function makegood_seals_append_only();

-- Up to which number no open transaction can still write. A number is drawn before its transaction is known to the others, so
-- the highest number is written down first, and at a later look the transaction that comes next: when all before that one
-- have ended, every number up to the first is final.
create table ledger_horizon (
    one boolean primary key default true check (one),
    entry_no bigint not null,
    next_xid text
);
