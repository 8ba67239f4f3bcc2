-- Loads people: new rows are written, changed ones updated, equal ones left alone.
--
-- $1 JSON list of [person_id, name, email, locale, time_zone].
-- Whoever was erased is left alone. The number of rows new or changed is the answer. Each id comes once.
--
-- Differs by necessity: there are no arrays; the rows come as JSON.
insert into people as t (person_id, name, email, locale, time_zone)
select r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4
from json_each($1) as r
where not exists (select 1 from erasures x where x.person_id = r.value ->> 0)
on conflict (person_id) do update
set name = excluded.name, email = excluded.email, locale = excluded.locale, time_zone = excluded.time_zone
where t.name is distinct from excluded.name
    or t.email is distinct from excluded.email
    or t.locale is distinct from excluded.locale
    or t.time_zone is distinct from excluded.time_zone
