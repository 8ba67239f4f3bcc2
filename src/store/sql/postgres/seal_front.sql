-- The newest entry anybody sees, and the transactions that may still write entries with lower numbers: they hold the lock of
-- the table since before they took their numbers. The statement's snapshot is older than its look at the locks, so a transaction
-- that is missing in both has been seen or is gone.
select coalesce((select max(entry_no) from connects_entries), 0)::bigint as newest,
    (
        select coalesce(json_agg(distinct l.virtualtransaction), '[]')::text
        from pg_locks as l
        where l.locktype = 'relation' and l.relation = 'connects_entries'::regclass and l.mode = 'RowExclusiveLock' and l.granted
            and l.database = (select d.oid from pg_database as d where d.datname = current_database())
            and l.pid is distinct from pg_backend_pid()
    ) as writers
