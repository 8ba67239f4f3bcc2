-- Notices that operators work on, addresses that are released again, and the reader's time zone.

-- A view in its place is the installation's own: it needs this column too (docs/integration.md).
do $$
begin
    if exists (select 1 from pg_class where oid = to_regclass('people') and relkind in ('r', 'p')) then
        -- IANA name, such as 'Europe/Berlin'; null: mail.time_zone.
        alter table people add column time_zone text;
    end if;
end
$$;

alter table notices drop constraint notices_state_check;
alter table notices add constraint notices_state_check
    check (state in ('pending', 'leased', 'sent', 'deferred', 'failed', 'suppressed', 'unknown', 'withheld', 'undeliverable'));
-- How often an operator had it sent again: part of the Message-ID, so that no mail service drops it as a repeat.
alter table notices add column resends integer not null default 0 check (resends >= 0);
-- `notices list`: newest first, and of one person.
create index notices_created on notices (created_at, notice_id);
create index notices_person on notices (person_id);
update notices set state = 'undeliverable' where state = 'failed' and code in ('no_address', 'bad_address');

-- What a notice's row no longer says: attempts that were not the last, bounces, what operators did.
create table notice_history (
    history_no bigint generated always as identity primary key,
    notice_id uuid not null references notices,
    at timestamptz not null,
    -- 'attempt', 'bounce', 'complaint', 'hold', 'release', 'resend'
    what text not null check (what in ('attempt', 'bounce', 'complaint', 'hold', 'release', 'resend')),
    -- The state it had, or got.
    state text not null,
    code text,
    reply text,
    -- SHA-256 of what a bounce or a complaint says: the same one has one effect.
    digest bytea check (length(digest) = 32),
    unique (notice_id, digest)
);
create index notice_history_notice on notice_history (notice_id, history_no);

-- When mail may go there again; null: never by itself.
alter table suppressions add column expires_at timestamptz;
-- Names an entry without naming anybody. `suppressions list`: newest first.
alter table suppressions add column suppression_no bigint generated always as identity unique;
