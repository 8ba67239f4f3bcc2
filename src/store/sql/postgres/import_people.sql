-- Loads people: new rows are written, changed ones updated, equal ones left alone.
--
-- One list each, in step: $1 person_id (text[]), $2 name (text[]), $3 email (text[]), $4 locale (text[]),
-- $5 time_zone (text[]).
-- Whoever was erased is left alone. The number of rows new or changed is the answer. The caller sorts the rows by id, each
-- id once, so that two imports lock in one order.
--
-- Differs by necessity: SQLite has no arrays; the rows come as JSON.
insert into people as t (person_id, name, email, locale, time_zone)
select r.person_id, r.name, r.email, r.locale, r.time_zone
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
    as r (person_id, name, email, locale, time_zone)
where not exists (select 1 from erasures x where x.person_id = r.person_id)
on conflict (person_id) do update
set name = excluded.name, email = excluded.email, locale = excluded.locale, time_zone = excluded.time_zone
where t.name is distinct from excluded.name
    or t.email is distinct from excluded.email
    or t.locale is distinct from excluded.locale
    or t.time_zone is distinct from excluded.time_zone
