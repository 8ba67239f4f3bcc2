-- What the marketplace itself is told, as events on an exchange: notices for the bell, returns for the Connects history.

create table announcements (
    announcement_no bigint generated always as identity primary key,
    -- What it tells of: a notice, or the entry of the ledger that gives a charge back (no key: both are written in one
    -- transaction, and the ledger forgets nothing).
    notice_id uuid unique references notices,
    entry_id text unique,
    event_no bigint not null references events,
    -- As what it is published. What no queue is bound for waits by this key, and holds up no other.
    routing_key text not null,
    -- Of a return: the account's balance with it. The ledger keeps entries, not steps.
    balance_after bigint,
    state text not null default 'pending' check (state in ('pending', 'published', 'failed')),
    -- Null while its notice is held back or kept back: nobody is told in one place and not in the other.
    due_at timestamptz,
    attempts integer not null default 0,
    lease_token uuid,
    lease_until timestamptz,
    -- Why it was given up, or why its last attempt failed.
    code text,
    created_at timestamptz not null,
    settled_at timestamptz,
    check ((notice_id is null) <> (entry_id is null)),
    check ((entry_id is null) = (balance_after is null)),
    check ((lease_token is null) = (lease_until is null)),
    check (lease_token is null or state = 'pending'),
    check ((state = 'pending') = (settled_at is null))
);
create index announcements_due on announcements (routing_key, due_at)
    where state = 'pending' and lease_token is null and due_at is not null;
create index announcements_lease on announcements (lease_until) where lease_token is not null;
-- A notice that is let go, or kept back, takes its announcement along.
create index announcements_event on announcements (event_no) where state = 'pending' and notice_id is not null;
