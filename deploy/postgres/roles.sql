-- Who may what on PostgreSQL. Run by the owner of the database after `makegood migrate`, and again after each upgrade:
--
--     psql -v ON_ERROR_STOP=1 -f deploy/postgres/roles.sql "$OWNER_URL"
--
-- The roles have no password yet: `\password makegood_daemon` in psql. Nobody here can update or delete an entry of the
-- ledger, and triggers refuse it to the owner as well.

do $$
declare
    name text;
begin
    foreach name in array array['makegood_daemon', 'makegood_operator', 'makegood_reader', 'makegood_marketplace'] loop
        if not exists (select from pg_roles where rolname = name) then
            execute format('create role %I login', name);
        end if;
    end loop;
end
$$;

-- `makegood run` and `makegood process`.
grant select on clients, people, accounts, jobs, proposals, makegood_migrations, makegood_schema to makegood_daemon;
grant update (balance) on accounts to makegood_daemon;
grant select, insert on connects_entries to makegood_daemon;
grant select, insert, update, delete on suppressions to makegood_daemon;
grant select, insert, update
on events, decisions, notices, announcements, dead_letters, replays, replay_items to makegood_daemon;
grant select, insert on dead_letter_attempts, notice_history, operator_log to makegood_daemon;
grant select, insert, update on audit_findings, audit_marks to makegood_daemon;
grant select, insert on ledger_seals to makegood_daemon;
grant select, insert, delete on fanout_accounts to makegood_daemon;
grant select on archive_months, all_decisions, all_notices, all_notice_history, all_announcements to makegood_daemon;

-- Operators: the same, and `dlq purge`, `events archive`, `events purge`, `people erase`. The functions make and drop the tables of a
-- month, as the owner would.
grant makegood_daemon to makegood_operator;
grant select, insert, update
on archived_events, archived_decisions, archived_notices, archived_notice_history, archived_announcements to makegood_operator;
grant execute on function makegood_open_month(date, timestamptz), makegood_drop_month(date, timestamptz) to makegood_operator;
grant delete on dead_letters, dead_letter_attempts, decisions, notices, notice_history, announcements to makegood_operator;
grant select, insert, update, delete on erasures to makegood_operator;
grant update on people, notice_history, dead_letter_attempts to makegood_operator;

-- `makegood explain`, `history`, `dlq list` … for support, and whoever draws reports.
grant select on all tables in schema public to makegood_reader;

-- The marketplace itself: facts and charges, and `makegood import`.
grant select, insert, update on clients, people, accounts, jobs, proposals to makegood_marketplace;
grant select, insert on connects_entries to makegood_marketplace;
grant select on erasures, makegood_migrations, makegood_schema to makegood_marketplace;
