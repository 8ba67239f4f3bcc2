-- What is known of a person, whether `people` is a table of makegood's own, when they were erased, and whether anything names them.
-- $1 text person_id
select
    p.name, p.email, p.locale, p.time_zone, (p.person_id is not null) as known,
    coalesce((select c.relkind in ('r', 'p') from pg_class c where c.oid = to_regclass('people')), false) as own_table,
    (select e.erased_at from erasures e where e.person_id = $1) as erased_at,
    (exists (select 1 from accounts a where a.owner_id = $1 or a.manager_id = $1)
        or exists (select 1 from proposals r where r.person_id = $1)
        or exists (select 1 from all_notices n where n.person_id = $1)) as named
from (select 1) as one
left join people p on p.person_id = $1
