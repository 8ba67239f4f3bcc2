-- Dead letters that operators work on: state, fingerprint, history; replays as durable jobs; the operators' log.

alter table dead_letters drop constraint dead_letters_class_check;
alter table dead_letters add constraint dead_letters_class_check
    check (class in ('undecodable', 'unknown-type', 'conflict', 'unresolved', 'refused', 'given-up'));
alter table dead_letters
    -- 'trial': the broker gave it up; the daemon tries it alone before anybody is asked.
    add column state text not null default 'open' check (state in ('open', 'trial', 'resolved', 'discarded')),
    -- What groups letters of the same trouble: code, type and place, '-' for what is not known.
    add column fingerprint text not null default '',
    -- What it speaks of, as far as it could be read.
    add column job_id text,
    add column client_id text,
    -- When it was resolved or discarded.
    add column settled_at timestamptz,
    -- Trials begun; each is written down before it begins.
    add column trials integer not null default 0,
    add column trial_until timestamptz,
    add constraint dead_letters_settled_check check ((state in ('resolved', 'discarded')) = (settled_at is not null));
update dead_letters set fingerprint = left(code || ' ' || coalesce(type, '-') || ' ' || coalesce(pointer, '-'), 512);
create index dead_letters_state on dead_letters (state, dead_letter_no);
create index dead_letters_fingerprint on dead_letters (fingerprint, dead_letter_no);
create index dead_letters_event on dead_letters (event_id) where event_id is not null;
create index dead_letters_job on dead_letters (job_id) where job_id is not null;
create index dead_letters_client on dead_letters (client_id) where client_id is not null;
create index dead_letters_settled on dead_letters (settled_at) where settled_at is not null;
create index dead_letters_trial on dead_letters (dead_letter_no) where state = 'trial';

-- What happened to a letter, in order: it came, it was tried alone, it was replayed.
create table dead_letter_attempts (
    attempt_no bigint generated always as identity primary key,
    dead_letter_no bigint not null references dead_letters on delete cascade,
    at timestamptz not null,
    kind text not null check (kind in ('arrival', 'trial', 'replay')),
    replay_no bigint,
    -- 'dead', 'begun', or what it did: 'applied', 'already_applied', 'fanning_out', 'waiting', 'mailed'.
    outcome text not null,
    class text,
    code text,
    message text,
    pointer text,
    -- Which makegood did it.
    version text not null
);
create index dead_letter_attempts_letter on dead_letter_attempts (dead_letter_no, attempt_no);
insert into dead_letter_attempts (dead_letter_no, at, kind, outcome, class, code, message, pointer, version)
select dead_letter_no, first_seen, 'arrival', 'dead', class, code, message, pointer, version
from dead_letters
order by dead_letter_no;

-- A replay: frozen ids, done one by one; whoever holds the lease works at it.
create table replays (
    replay_no bigint generated always as identity primary key,
    state text not null check (state in ('pending', 'running', 'done', 'stopped', 'canceled')),
    operator text not null check (operator <> ''),
    reason text not null check (reason <> ''),
    effects text not null check (effects in ('credit', 'mail', 'both')),
    -- Letters a second; null: as fast as it goes.
    rate integer check (rate > 0),
    -- Letters a second in each of the first seconds, a JSON array; null: no ramp.
    ramp text,
    stop_after_failures integer check (stop_after_failures > 0),
    -- The body to use instead; the original stays in the letter.
    patch bytea,
    lease_token uuid,
    lease_until timestamptz,
    items bigint not null default 0,
    done bigint not null default 0,
    failed bigint not null default 0,
    skipped bigint not null default 0,
    credits bigint not null default 0,
    connects bigint not null default 0,
    notices bigint not null default 0,
    created_at timestamptz not null,
    started_at timestamptz,
    ended_at timestamptz,
    check ((lease_token is null) = (lease_until is null)),
    check ((state in ('done', 'stopped', 'canceled')) = (ended_at is not null))
);
create index replays_open on replays (replay_no) where state in ('pending', 'running');

create table replay_items (
    replay_no bigint not null references replays,
    position bigint not null,
    dead_letter_no bigint not null,
    state text not null default 'pending' check (state in ('pending', 'done', 'failed', 'skipped')),
    outcome text,
    code text,
    done_at timestamptz,
    primary key (replay_no, position)
);
create index replay_items_pending on replay_items (replay_no, position) where state = 'pending';

-- What operators did. Append-only, as the ledger.
create table operator_log (
    log_no bigint generated always as identity primary key,
    at timestamptz not null,
    operator text not null check (operator <> ''),
    action text not null,
    reason text not null check (reason <> ''),
    affected bigint not null,
    details jsonb not null,
    version text not null
);
create function makegood_operator_log_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'operator_log is append-only: % refused', tg_op using errcode = 'restrict_violation';
end
$$;
create trigger operator_log_append_only before update or delete or truncate on operator_log
    for each statement execute function makegood_operator_log_append_only();

-- Credit without mail: what would be told is kept, and told when an operator asks for it.
alter table events add column notices_withheld text;
-- The dead letter it was replayed from last: that one is open again should the event die once more.
alter table events add column dead_letter_no bigint;
create index events_letter on events (dead_letter_no) where dead_letter_no is not null;
-- What is not applied, by state: `events list`.
create index events_state on events (state, event_no) where state <> 'applied';
alter table notices drop constraint notices_state_check;
alter table notices add constraint notices_state_check
    check (state in ('pending', 'leased', 'sent', 'deferred', 'failed', 'suppressed', 'unknown', 'withheld'));
create index notices_withheld on notices (event_no) where state = 'withheld';
