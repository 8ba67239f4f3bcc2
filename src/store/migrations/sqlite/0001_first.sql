-- The marketplace's facts, makegood's ledger, inbox, outbox and dead letters: the twin of ../postgres/0001_first.sql.
--
-- Times are INTEGER microseconds since 1970-01-01 UTC, JSON is TEXT, a UUID is a BLOB of its 16 bytes (as sqlx binds it), a
-- boolean is INTEGER 0 or 1. STRICT: an integer that overflows becomes REAL in SQLite, and a STRICT column refuses that.
--
-- The facts (clients, people, accounts, jobs, proposals) are read-only to the worker, save accounts.balance. No foreign key
-- points at them: an installation may put views in their place (docs/integration.md).

create table clients (
    client_id text primary key,
    suspended integer not null default 0 check (suspended in (0, 1))
) strict;

create table people (
    person_id text primary key,
    name text,
    email text,
    locale text
) strict;

create table accounts (
    account_id text primary key,
    kind text not null check (kind in ('freelancer', 'agency')),
    owner_id text not null,
    manager_id text,
    tell_manager integer not null default 1 check (tell_manager in (0, 1)),
    -- Always the sum of the account's entries; moves in the transaction that writes them.
    balance integer not null default 0 check (balance >= 0)
) strict;
-- A fan-out asks which of its people have accounts it has not come to yet.
create index accounts_owner on accounts (owner_id);
create index accounts_manager on accounts (manager_id) where manager_id is not null;

create table jobs (
    job_id text primary key,
    client_id text not null,
    title text not null,
    state text not null check (state in ('open', 'filled', 'canceled', 'removed', 'expired')),
    state_since integer not null,
    hired_at integer
) strict;
create index jobs_client on jobs (client_id);

create table proposals (
    proposal_id text primary key,
    job_id text not null,
    account_id text not null,
    person_id text not null,
    state text not null check (state in ('submitted', 'viewed', 'shortlisted', 'messaged', 'archived', 'offered', 'hired',
        'declined', 'withdrawn')),
    state_since integer not null,
    declined_by text check (declined_by in ('client', 'system')),
    submitted_at integer not null,
    invited integer not null default 0 check (invited in (0, 1)),
    check ((state = 'declined') or declined_by is null)
) strict;
create index proposals_job on proposals (job_id, account_id);
create index proposals_account on proposals (account_id);
create index proposals_person on proposals (person_id);

-- The ledger: append-only, by trigger below.
create table connects_entries (
    entry_id text primary key,
    account_id text not null,
    proposal_id text,
    kind text not null check (kind in ('grant', 'fee', 'boost', 'refund', 'return', 'expiry')),
    amount integer not null,
    -- The charge this entry gives back. UNIQUE: a charge is reversed at most once, ever.
    reverses text constraint connects_entries_reverses_key unique references connects_entries (entry_id),
    reason text,
    -- The event that caused a return.
    event_no integer,
    created_at integer not null,
    expires_at integer,
    check (case when kind in ('grant', 'refund', 'return') then amount > 0 else amount < 0 end),
    check (kind <> 'return' or (reverses is not null and proposal_id is not null and reason is not null and event_no is not null)),
    check (reverses is null or kind in ('refund', 'return'))
) strict;
create index connects_entries_proposal on connects_entries (proposal_id) where proposal_id is not null;
create index connects_entries_account on connects_entries (account_id);

-- INSERT OR REPLACE meets the second one because makegood sets PRAGMA recursive_triggers.
create trigger connects_entries_no_update before update on connects_entries begin
    select raise(abort, 'connects_entries is append-only: UPDATE refused');
end;
create trigger connects_entries_no_delete before delete on connects_entries begin
    select raise(abort, 'connects_entries is append-only: DELETE refused');
end;
-- The inbox: every event ever taken in.
create table events (
    event_no integer primary key autoincrement,
    source text not null,
    event_id text not null,
    type text not null,
    occurred_at integer not null,
    received_at integer not null,
    -- Canonical structured CloudEvents JSON, read back byte for byte.
    payload text not null,
    payload_hash blob not null check (length(payload_hash) = 32),
    state text not null check (state in ('applied', 'fanning_out', 'waiting', 'dead')),
    -- 'first', or 'after_hold' once the hold of a suspension that was not final is over.
    stage text not null default 'first' check (stage in ('first', 'after_hold')),
    attempts integer not null default 0,
    due_at integer,
    -- What it waits for, or why it is dead.
    code text,
    -- Fan-out: last account done; '' once its accounts are listed, null before.
    cursor text,
    -- Fan-out: some decision so far is held until then.
    held_until integer,
    -- Fan-out: when its last step was made; the event that has waited longest comes next.
    advanced_at integer,
    policy_version text,
    applied_at integer,
    traceparent text,
    constraint events_key unique (source, event_id),
    check (state <> 'waiting' or due_at is not null)
) strict;
create index events_due on events (due_at) where state = 'waiting';
create index events_fanning_out on events (event_no) where state = 'fanning_out';

-- Accounts an event that fans out has to come to, listed once when it starts, removed when it ends.
create table fanout_accounts (
    event_no integer not null,
    account_id text not null,
    primary key (event_no, account_id)
) strict;

create table decisions (
    event_no integer not null references events,
    proposal_id text not null,
    job_id text not null,
    account_id text not null,
    person_id text not null,
    rule text not null,
    policy_version text not null,
    verdict text not null check (verdict in ('credited', 'none', 'held')),
    reason text not null,
    ground text,
    amount integer not null check (amount >= 0),
    told integer not null check (told in (0, 1)),
    decided_at integer not null,
    -- A held decision is replaced when it is decided again; any other stays.
    primary key (event_no, proposal_id),
    check ((verdict = 'credited') = (amount > 0)),
    check ((verdict = 'credited') = (ground is null))
) strict;
create index decisions_proposal on decisions (proposal_id);

-- The outbox.
create table notices (
    notice_id blob primary key,
    event_no integer not null references events,
    person_id text not null,
    about text not null,
    lines text not null,
    state text not null check (state in ('pending', 'leased', 'sent', 'deferred', 'failed', 'suppressed', 'unknown')),
    -- Null while the event still fans out and may have more to tell this person.
    due_at integer,
    attempts integer not null default 0,
    lease_token blob,
    lease_until integer,
    code text,
    reply text,
    created_at integer not null,
    settled_at integer,
    unique (event_no, person_id),
    check ((state = 'leased') = (lease_token is not null)),
    check ((state = 'leased') = (lease_until is not null))
) strict;
create index notices_due on notices (due_at) where state in ('pending', 'deferred');
create index notices_lease on notices (lease_until) where state = 'leased';
-- The numbers by state, without those sent: nearly all in the end.
create index notices_unsent on notices (state) where state <> 'sent';
create index notices_held on notices (event_no) where state = 'pending' and due_at is null;

create table dead_letters (
    dead_letter_no integer primary key autoincrement,
    digest blob not null unique check (length(digest) = 32),
    body blob not null,
    body_len integer not null,
    body_hash blob not null check (length(body_hash) = 32),
    headers text not null,
    exchange text not null,
    routing_key text not null,
    class text not null check (class in ('undecodable', 'unknown-type', 'conflict', 'unresolved', 'refused')),
    code text not null,
    message text not null,
    pointer text,
    source text,
    event_id text,
    type text,
    version text not null,
    times integer not null default 1,
    first_seen integer not null,
    last_seen integer not null
) strict;
create index dead_letters_seen on dead_letters (last_seen);

-- Addresses no mail goes to. Lower-cased, domain in ASCII.
create table suppressions (
    address text primary key,
    cause text not null check (cause in ('bad-mailbox', 'complaint', 'operator')),
    notice_id blob,
    created_at integer not null
) strict;
