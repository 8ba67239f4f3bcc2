-- Whether one of these transactions still holds the ledger.
-- $1 text JSON array of virtual transactions
select exists (
    select 1
    from pg_locks as l
    where l.locktype = 'relation' and l.relation = 'connects_entries'::regclass
        and l.database = (select d.oid from pg_database as d where d.datname = current_database())
        and l.virtualtransaction in (select json_array_elements_text($1::json))
)
