-- What was settled long ago moves out of the tables that every event looks into, into one table a month. A month is dropped whole.

alter table events
    -- The month whose tables hold what it decided and told; null: it lies here, or it was purged.
    add column archive_month date;

create table archive_months (
    -- Its first day.
    month date primary key check (extract(day from month) = 1),
    opened_at timestamptz not null,
    -- When its tables were dropped; null: they are there.
    dropped_at timestamptz
);

-- Columns as in the tables of the same names, and `month`, that of the event's `applied_at` in UTC. No keys into other tables: all
-- that an event had moves in one transaction, and an event's row never goes. PostgreSQL keeps a unique key within a month only.
create table archived_events (
    month date not null,
    event_no bigint not null,
    -- What came. The event's own row says no more than what it is about.
    payload text not null,
    primary key (event_no, month)
) partition by list (month);

create table archived_decisions (
    month date not null,
    like decisions,
    primary key (event_no, proposal_id, month)
) partition by list (month);
create index archived_decisions_proposal on archived_decisions (proposal_id);

create table archived_notices (
    month date not null,
    like notices,
    primary key (notice_id, month)
) partition by list (month);
create index archived_notices_event on archived_notices (event_no, person_id);
create index archived_notices_person on archived_notices (person_id);

create table archived_notice_history (
    month date not null,
    like notice_history,
    primary key (notice_id, history_no, month)
) partition by list (month);

create table archived_announcements (
    month date not null,
    like announcements,
    primary key (announcement_no, month)
) partition by list (month);
create index archived_announcements_notice on archived_announcements (notice_id);
create index archived_announcements_entry on archived_announcements (entry_id);

-- What `makegood explain` and an erasure read: what lies here and what lies in months.
create view all_decisions as
select event_no, proposal_id, job_id, account_id, person_id, rule, policy_version, verdict, reason, ground, amount, told, decided_at, facts
from decisions
union all
select event_no, proposal_id, job_id, account_id, person_id, rule, policy_version, verdict, reason, ground, amount, told, decided_at, facts
from archived_decisions;

create view all_notices as
select notice_id, event_no, person_id, about, lines, state, due_at, attempts, lease_token, lease_until, code, reply, created_at,
    settled_at, resends, erased_at
from notices
union all
select notice_id, event_no, person_id, about, lines, state, due_at, attempts, lease_token, lease_until, code, reply, created_at,
    settled_at, resends, erased_at
from archived_notices;

create view all_notice_history as
select history_no, notice_id, at, what, state, code, reply, digest
from notice_history
union all
select history_no, notice_id, at, what, state, code, reply, digest
from archived_notice_history;

create view all_announcements as
select announcement_no, notice_id, entry_id, event_no, routing_key, balance_after, state, due_at, attempts, lease_token, lease_until,
    code, created_at, settled_at
from announcements
union all
select announcement_no, notice_id, entry_id, event_no, routing_key, balance_after, state, due_at, attempts, lease_token, lease_until,
    code, created_at, settled_at
from archived_announcements;

-- Who archives need not own tables: these two make and drop those of a month, and nothing else. As their owner they look for names
-- in this schema alone (PostgreSQL's manual, "Writing SECURITY DEFINER Functions Safely").
do $migration$
begin
    execute format($statement$
        create function makegood_open_month(wanted date, at timestamptz) returns boolean
        language plpgsql security definer set search_path = %1$I, pg_temp as $function$
        declare
            parent text;
            part text;
        begin
            -- Of two who open it at once, the second waits here for the first.
            insert into archive_months (month, opened_at) values (wanted, at) on conflict (month) do nothing;
            if not found then
                return (select dropped_at is null from archive_months where month = wanted);
            end if;
            -- Attached, not made in their place: that would lock out whoever reads.
            foreach parent in array array['archived_events', 'archived_decisions', 'archived_notices', 'archived_notice_history',
                'archived_announcements']
            loop
                part := parent || to_char(wanted, '_YYYY_MM');
                execute format('create table %%I (like %%I including all)', part, parent);
                execute format('alter table %%I attach partition %%I for values in (%%L)', parent, part, wanted);
            end loop;
            return true;
        end
        $function$
    $statement$, current_schema());
    execute format($statement$
        create function makegood_drop_month(wanted date, at timestamptz) returns boolean
        language plpgsql security definer set search_path = %1$I, pg_temp as $function$
        declare
            parent text;
        begin
            update archive_months set dropped_at = at where month = wanted and dropped_at is null;
            if not found then
                return false;
            end if;
            foreach parent in array array['archived_events', 'archived_decisions', 'archived_notices', 'archived_notice_history',
                'archived_announcements']
            loop
                execute format('drop table %%I', parent || to_char(wanted, '_YYYY_MM'));
            end loop;
            return true;
        end
        $function$
    $statement$, current_schema());
end
$migration$;
revoke execute on function makegood_open_month(date, timestamptz) from public;
revoke execute on function makegood_drop_month(date, timestamptz) from public;
