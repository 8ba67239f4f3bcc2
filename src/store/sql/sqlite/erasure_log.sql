-- How many rows of the operators' log hold an address. They stay: the log is append-only.
-- $1 JSON array of addresses in small letters
select count(*)
from operator_log l
where exists (
    select 1
    from json_each($1) as a
    where instr(lower(l.operator || ' ' || l.reason || ' ' || l.details), a.value) > 0
)
