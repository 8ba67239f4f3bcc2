-- Dead letters that operators work on: state, fingerprint, history; replays as durable jobs; the operators' log.
--
-- SQLite cannot change a check: tables whose checks change are made anew, filled and renamed.

create table dead_letters_2 (
    dead_letter_no integer primary key autoincrement,
    digest blob not null unique check (length(digest) = 32),
    body_len integer not null,
    body_hash blob not null check (length(body_hash) = 32),
    exchange text not null,
    routing_key text not null,
    class text not null check (class in ('undecodable', 'unknown-type', 'conflict', 'unresolved', 'refused', 'given-up')),
    code text not null,
    message text not null,
    pointer text,
    source text,
    event_id text,
    type text,
    version text not null,
    times integer not null default 1,
    first_seen integer not null,
    last_seen integer not null,
    -- 'trial': the broker gave it up; the daemon tries it alone before anybody is asked.
    state text not null default 'open' check (state in ('open', 'trial', 'resolved', 'discarded')),
    -- What groups letters of the same trouble: code, type and place, '-' for what is not known.
    fingerprint text not null default '',
    -- What it speaks of, as far as it could be read.
    job_id text,
    client_id text,
    -- When it was resolved or discarded.
    settled_at integer,
    -- Trials begun; each is written down before it begins.
    trials integer not null default 0,
    trial_until integer,
    -- Last: lists read past them without touching the pages they flow over to.
    headers text not null,
    body blob not null,
    check ((state in ('resolved', 'discarded')) = (settled_at is not null))
) strict;
insert into dead_letters_2 (dead_letter_no, digest, body, body_len, body_hash, headers, exchange, routing_key, class, code,
    message, pointer, source, event_id, type, version, times, first_seen, last_seen, fingerprint)
select dead_letter_no, digest, body, body_len, body_hash, headers, exchange, routing_key, class, code, message, pointer, source,
    event_id, type, version, times, first_seen, last_seen,
    substr(code || ' ' || coalesce(type, '-') || ' ' || coalesce(pointer, '-'), 1, 512)
from dead_letters;
-- Numbers are for ever, also those of letters that are gone.
delete from sqlite_sequence where name = 'dead_letters_2';
insert into sqlite_sequence (name, seq)
select 'dead_letters_2', seq
from sqlite_sequence
where name = 'dead_letters';
drop table dead_letters;
alter table dead_letters_2 rename to dead_letters;
create index dead_letters_seen on dead_letters (last_seen);
create index dead_letters_state on dead_letters (state, dead_letter_no);
create index dead_letters_fingerprint on dead_letters (fingerprint, dead_letter_no);
create index dead_letters_event on dead_letters (event_id) where event_id is not null;
create index dead_letters_job on dead_letters (job_id) where job_id is not null;
create index dead_letters_client on dead_letters (client_id) where client_id is not null;
create index dead_letters_settled on dead_letters (settled_at) where settled_at is not null;
create index dead_letters_trial on dead_letters (dead_letter_no) where state = 'trial';

-- What happened to a letter, in order: it came, it was tried alone, it was replayed.
create table dead_letter_attempts (
    attempt_no integer primary key autoincrement,
    dead_letter_no integer not null references dead_letters on delete cascade,
    at integer not null,
    kind text not null check (kind in ('arrival', 'trial', 'replay')),
    replay_no integer,
    -- 'dead', 'begun', or what it did: 'applied', 'already_applied', 'fanning_out', 'waiting', 'mailed'.
    outcome text not null,
    class text,
    code text,
    message text,
    pointer text,
    -- Which makegood did it.
    version text not null
) strict;
create index dead_letter_attempts_letter on dead_letter_attempts (dead_letter_no, attempt_no);
insert into dead_letter_attempts (dead_letter_no, at, kind, outcome, class, code, message, pointer, version)
select dead_letter_no, first_seen, 'arrival', 'dead', class, code, message, pointer, version
from dead_letters
order by dead_letter_no;

-- A replay: frozen ids, done one by one; whoever holds the lease works at it.
create table replays (
    replay_no integer primary key autoincrement,
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
    patch blob,
    lease_token blob,
    lease_until integer,
    items integer not null default 0,
    done integer not null default 0,
    failed integer not null default 0,
    skipped integer not null default 0,
    credits integer not null default 0,
    connects integer not null default 0,
    notices integer not null default 0,
    created_at integer not null,
    started_at integer,
    ended_at integer,
    check ((lease_token is null) = (lease_until is null)),
    check ((state in ('done', 'stopped', 'canceled')) = (ended_at is not null))
) strict;
create index replays_open on replays (replay_no) where state in ('pending', 'running');

create table replay_items (
    replay_no integer not null references replays,
    position integer not null,
    dead_letter_no integer not null,
    state text not null default 'pending' check (state in ('pending', 'done', 'failed', 'skipped')),
    outcome text,
    code text,
    done_at integer,
    primary key (replay_no, position)
) strict;
create index replay_items_pending on replay_items (replay_no, position) where state = 'pending';

-- What operators did. Append-only, as the ledger.
create table operator_log (
    log_no integer primary key autoincrement,
    at integer not null,
    operator text not null check (operator <> ''),
    action text not null,
    reason text not null check (reason <> ''),
    affected integer not null,
    details text not null,
    version text not null
) strict;
create trigger operator_log_no_update before update on operator_log begin
    select raise(abort, 'operator_log is append-only: UPDATE refused');
end;
create trigger operator_log_no_delete before delete on operator_log begin
    select raise(abort, 'operator_log is append-only: DELETE refused');
end;

-- Credit without mail: what would be told is kept, and told when an operator asks for it.
alter table events add column notices_withheld text;
-- The dead letter it was replayed from last: that one is open again should the event die once more.
alter table events add column dead_letter_no integer;
create index events_letter on events (dead_letter_no) where dead_letter_no is not null;
-- What is not applied, by state: `events list`.
create index events_state on events (state, event_no) where state <> 'applied';
create table notices_2 (
    notice_id blob primary key,
    event_no integer not null references events,
    person_id text not null,
    about text not null,
    lines text not null,
    state text not null check (state in ('pending', 'leased', 'sent', 'deferred', 'failed', 'suppressed', 'unknown',
        'withheld')),
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
insert into notices_2 select * from notices;
drop table notices;
alter table notices_2 rename to notices;
create index notices_due on notices (due_at) where state in ('pending', 'deferred');
create index notices_lease on notices (lease_until) where state = 'leased';
-- The numbers by state, without those sent: nearly all in the end.
create index notices_unsent on notices (state) where state <> 'sent';
create index notices_held on notices (event_no) where state = 'pending' and due_at is null;
create index notices_withheld on notices (event_no) where state = 'withheld';
