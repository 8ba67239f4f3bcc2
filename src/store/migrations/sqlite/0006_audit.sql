-- What the audit found and how far it has come: the twin of ../postgres/0006_audit.sql.

-- The order in which entries were written: how far the audit has read is a number of it. SQLite cannot add a primary key, and a rowid
-- without one may change with VACUUM, so the table is made anew, filled in the order it had, and renamed.
create table connects_entries_6 (
    entry_no integer primary key autoincrement,
    entry_id text not null unique,
    account_id text not null,
    proposal_id text,
    kind text not null check (kind in ('grant', 'fee', 'boost', 'refund', 'return', 'expiry')),
    amount integer not null,
    -- The charge this entry gives back. UNIQUE: a charge is reversed at most once, ever.
    reverses text constraint connects_entries_reverses_key unique references connects_entries_6 (entry_id),
    reason text,
    -- The event that caused a return.
    event_no integer,
    created_at integer not null,
    expires_at integer,
    check (case when kind in ('grant', 'refund', 'return') then amount > 0 else amount < 0 end),
    check (kind <> 'return' or (reverses is not null and proposal_id is not null and reason is not null and event_no is not null)),
    check (reverses is null or kind in ('refund', 'return'))
) strict;
insert into connects_entries_6 (entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no, created_at,
    expires_at)
select entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no, created_at, expires_at
from connects_entries
order by rowid;
drop table connects_entries;
alter table connects_entries_6 rename to connects_entries;
create index connects_entries_proposal on connects_entries (proposal_id) where proposal_id is not null;
create index connects_entries_account on connects_entries (account_id, created_at, entry_id, amount);
create index connects_entries_returns on connects_entries (entry_no) where kind = 'return';
-- INSERT OR REPLACE meets the second one because makegood sets PRAGMA recursive_triggers.
create trigger connects_entries_no_update before update on connects_entries begin
    select raise(abort, 'connects_entries is append-only: UPDATE refused');
end;
create trigger connects_entries_no_delete before delete on connects_entries begin
    select raise(abort, 'connects_entries is append-only: DELETE refused');
end;

-- Closed jobs in the order in which they closed; clients who are suspended.
create index jobs_closed on jobs (state_since, job_id) where state <> 'open';
create index clients_suspended on clients (client_id) where suspended = 1;
create index replays_since on replays (created_at) where state in ('pending', 'running');

-- What does not agree: one row a code and subject, for ever.
create table audit_findings (
    finding_no integer primary key autoincrement,
    -- Which check looks at it again.
    check_name text not null,
    code text not null,
    kind text not null,
    subject text not null,
    -- JSON text, the same at every look unless something changed.
    details text not null,
    state text not null default 'open' check (state in ('open', 'repaired', 'accepted', 'gone')),
    first_seen integer not null,
    last_seen integer not null,
    -- Before this moment it may be no more than late.
    due_at integer not null,
    settled_at integer,
    -- The act by which it was accepted or its repair ordered.
    operator text,
    reason text,
    unique (code, kind, subject),
    check ((state = 'open') = (settled_at is null))
) strict;
create index audit_findings_state on audit_findings (state, finding_no);
create index audit_findings_subject on audit_findings (subject);
create index audit_findings_open on audit_findings (check_name, finding_no) where state = 'open';

-- How far each walk has come.
create table audit_marks (
    name text primary key,
    -- JSON text; null: at the beginning.
    cursor text,
    began_at integer,
    -- When it last came to the end.
    completed_at integer,
    -- What it looked at since it began.
    examined integer not null default 0
) strict;
