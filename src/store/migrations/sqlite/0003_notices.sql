-- Notices that operators work on, addresses that are released again, and the reader's time zone.
--
-- SQLite cannot change a check: tables whose checks change are made anew, filled and renamed.

-- IANA name, such as 'Europe/Berlin'; null: mail.time_zone.
alter table people add column time_zone text;

create table notices_3 (
    notice_id blob primary key,
    event_no integer not null references events,
    person_id text not null,
    about text not null,
    lines text not null,
    state text not null check (state in ('pending', 'leased', 'sent', 'deferred', 'failed', 'suppressed', 'unknown',
        'withheld', 'undeliverable')),
    -- Null while the event still fans out and may have more to tell this person.
    due_at integer,
    attempts integer not null default 0,
    lease_token blob,
    lease_until integer,
    code text,
    reply text,
    created_at integer not null,
    settled_at integer,
    -- How often an operator had it sent again: part of the Message-ID, so that no mail service drops it as a repeat.
    resends integer not null default 0 check (resends >= 0),
    unique (event_no, person_id),
    check ((state = 'leased') = (lease_token is not null)),
    check ((state = 'leased') = (lease_until is not null))
) strict;
insert into notices_3 (notice_id, event_no, person_id, about, lines, state, due_at, attempts, lease_token, lease_until, code,
    reply, created_at, settled_at)
select notice_id, event_no, person_id, about, lines,
    case when state = 'failed' and code in ('no_address', 'bad_address') then 'undeliverable' else state end,
    due_at, attempts, lease_token, lease_until, code, reply, created_at, settled_at
from notices;
drop table notices;
alter table notices_3 rename to notices;
create index notices_due on notices (due_at) where state in ('pending', 'deferred');
create index notices_lease on notices (lease_until) where state = 'leased';
-- The numbers by state, without those sent: nearly all in the end.
create index notices_unsent on notices (state) where state <> 'sent';
create index notices_held on notices (event_no) where state = 'pending' and due_at is null;
create index notices_withheld on notices (event_no) where state = 'withheld';
-- `notices list`: newest first, and of one person.
create index notices_created on notices (created_at, notice_id);
create index notices_person on notices (person_id);

-- What a notice's row no longer says: attempts that were not the last, bounces, what operators did.
create table notice_history (
    history_no integer primary key autoincrement,
    notice_id blob not null references notices,
    at integer not null,
    -- 'attempt', 'bounce', 'complaint', 'hold', 'release', 'resend'
    what text not null check (what in ('attempt', 'bounce', 'complaint', 'hold', 'release', 'resend')),
    -- The state it had, or got.
    state text not null,
    code text,
    reply text,
    -- SHA-256 of what a bounce or a complaint says: the same one has one effect.
    digest blob check (length(digest) = 32),
    unique (notice_id, digest)
) strict;
create index notice_history_notice on notice_history (notice_id, history_no);

create table suppressions_3 (
    -- Names an entry without naming anybody. `suppressions list`: newest first.
    suppression_no integer primary key autoincrement,
    address text not null unique,
    cause text not null check (cause in ('bad-mailbox', 'complaint', 'operator')),
    notice_id blob,
    created_at integer not null,
    -- When mail may go there again; null: never by itself.
    expires_at integer
) strict;
insert into suppressions_3 (address, cause, notice_id, created_at)
select address, cause, notice_id, created_at from suppressions order by created_at, address;
drop table suppressions;
alter table suppressions_3 rename to suppressions;
