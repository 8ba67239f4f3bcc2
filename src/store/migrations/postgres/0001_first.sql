-- The marketplace's facts, makegood's ledger, inbox, outbox and dead letters.
--
-- The facts (clients, people, accounts, jobs, proposals) are read-only to the worker, save accounts.balance. No foreign key
-- points at them: an installation may put views in their place (docs/integration.md).

create table clients (
    client_id text primary key,
    suspended boolean not null default false
);

create table people (
    person_id text primary key,
    name text,
    email text,
    locale text
);

create table accounts (
    account_id text primary key,
    kind text not null check (kind in ('freelancer', 'agency')),
    owner_id text not null,
    manager_id text,
    tell_manager boolean not null default true,
    -- Always the sum of the account's entries; moves in the transaction that writes them.
    balance bigint not null default 0 check (balance >= 0)
);
-- A fan-out asks which of its people have accounts it has not come to yet.
create index accounts_owner on accounts (owner_id);
create index accounts_manager on accounts (manager_id) where manager_id is not null;

create table jobs (
    job_id text primary key,
    client_id text not null,
    title text not null,
    state text not null check (state in ('open', 'filled', 'canceled', 'removed', 'expired')),
    state_since timestamptz not null,
    hired_at timestamptz
);
create index jobs_client on jobs (client_id);

create table proposals (
    proposal_id text primary key,
    job_id text not null,
    account_id text not null,
    person_id text not null,
    state text not null check (state in ('submitted', 'viewed', 'shortlisted', 'messaged', 'archived', 'offered', 'hired',
        'declined', 'withdrawn')),
    state_since timestamptz not null,
    declined_by text check (declined_by in ('client', 'system')),
    submitted_at timestamptz not null,
    invited boolean not null default false,
    check ((state = 'declined') or declined_by is null)
);
create index proposals_job on proposals (job_id, account_id);
create index proposals_account on proposals (account_id);
create index proposals_person on proposals (person_id);

-- The ledger: append-only, by trigger below.
create table connects_entries (
    entry_id text primary key,
    account_id text not null,
    proposal_id text,
    kind text not null check (kind in ('grant', 'fee', 'boost', 'refund', 'return', 'expiry')),
    amount bigint not null,
    -- The charge this entry gives back. UNIQUE: a charge is reversed at most once, ever.
    reverses text constraint connects_entries_reverses_key unique references connects_entries (entry_id),
    reason text,
    -- The event that caused a return.
    event_no bigint,
    created_at timestamptz not null,
    expires_at timestamptz,
    check (case when kind in ('grant', 'refund', 'return') then amount > 0 else amount < 0 end),
    check (kind <> 'return' or (reverses is not null and proposal_id is not null and reason is not null and event_no is not null)),
    check (reverses is null or kind in ('refund', 'return'))
);
create index connects_entries_proposal on connects_entries (proposal_id) where proposal_id is not null;
create index connects_entries_account on connects_entries (account_id);

create function makegood_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'connects_entries is append-only: % refused', tg_op using errcode = 'restrict_violation';
end
$$;
create trigger connects_entries_append_only before update or delete or truncate on connects_entries
    for each statement execute function makegood_append_only();

-- The inbox: every event ever taken in.
create table events (
    event_no bigint generated always as identity primary key,
    source text not null,
    event_id text not null,
    type text not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    -- Canonical structured CloudEvents JSON (text, not jsonb: it is read back byte for byte).
    payload text not null,
    payload_hash bytea not null check (octet_length(payload_hash) = 32),
    state text not null check (state in ('applied', 'fanning_out', 'waiting', 'dead')),
    -- 'first', or 'after_hold' once the hold of a suspension that was not final is over.
    stage text not null default 'first' check (stage in ('first', 'after_hold')),
    attempts integer not null default 0,
    due_at timestamptz,
    -- What it waits for, or why it is dead.
    code text,
    -- Fan-out: last account done; '' once its accounts are listed, null before.
    cursor text,
    -- Fan-out: some decision so far is held until then.
    held_until timestamptz,
    -- Fan-out: when its last step was made; the event that has waited longest comes next.
    advanced_at timestamptz,
    policy_version text,
    applied_at timestamptz,
    traceparent text,
    constraint events_key unique (source, event_id),
    check (state <> 'waiting' or due_at is not null)
);
create index events_due on events (due_at) where state = 'waiting';
create index events_fanning_out on events (event_no) where state = 'fanning_out';

-- Accounts an event that fans out has to come to, listed once when it starts, removed when it ends.
create table fanout_accounts (
    event_no bigint not null,
    account_id text not null,
    primary key (event_no, account_id)
);

create table decisions (
    event_no bigint not null references events,
    proposal_id text not null,
    job_id text not null,
    account_id text not null,
    person_id text not null,
    rule text not null,
    policy_version text not null,
    verdict text not null check (verdict in ('credited', 'none', 'held')),
    reason text not null,
    ground text,
    amount bigint not null check (amount >= 0),
    told boolean not null,
    decided_at timestamptz not null,
    -- A held decision is replaced when it is decided again; any other stays.
    primary key (event_no, proposal_id),
    check ((verdict = 'credited') = (amount > 0)),
    check ((verdict = 'credited') = (ground is null))
);
create index decisions_proposal on decisions (proposal_id);

-- The outbox.
create table notices (
    notice_id uuid primary key,
    event_no bigint not null references events,
    person_id text not null,
    about jsonb not null,
    lines jsonb not null,
    state text not null check (state in ('pending', 'leased', 'sent', 'deferred', 'failed', 'suppressed', 'unknown')),
    -- Null while the event still fans out and may have more to tell this person.
    due_at timestamptz,
    attempts integer not null default 0,
    lease_token uuid,
    lease_until timestamptz,
    code text,
    reply text,
    created_at timestamptz not null,
    settled_at timestamptz,
    unique (event_no, person_id),
    check ((state = 'leased') = (lease_token is not null)),
    check ((state = 'leased') = (lease_until is not null))
);
create index notices_due on notices (due_at) where state in ('pending', 'deferred');
create index notices_lease on notices (lease_until) where state = 'leased';
-- The numbers by state, without those sent: nearly all in the end.
create index notices_unsent on notices (state) where state <> 'sent';
create index notices_held on notices (event_no) where state = 'pending' and due_at is null;

create table dead_letters (
    dead_letter_no bigint generated always as identity primary key,
    digest bytea not null unique check (octet_length(digest) = 32),
    body bytea not null,
    body_len bigint not null,
    body_hash bytea not null check (octet_length(body_hash) = 32),
    headers jsonb not null,
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
    times bigint not null default 1,
    first_seen timestamptz not null,
    last_seen timestamptz not null
);
create index dead_letters_seen on dead_letters (last_seen);

-- Addresses no mail goes to. Lower-cased, domain in ASCII.
create table suppressions (
    address text primary key,
    cause text not null check (cause in ('bad-mailbox', 'complaint', 'operator')),
    notice_id uuid,
    created_at timestamptz not null
);
