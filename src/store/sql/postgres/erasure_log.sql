-- How many rows of the operators' log hold an address. They stay: the log is append-only.
-- $1 text[] addresses in small letters
select count(*)
from operator_log l
where exists (
    select 1
    from unnest($1::text[]) as a (address)
    where position(a.address in lower(l.operator || ' ' || l.reason || ' ' || l.details::text)) > 0
)
