-- Remembers that a person was erased, so that no import brings them back.
-- $1 person_id, $2 now in microseconds
insert into erasures (person_id, erased_at)
values ($1, $2)
on conflict (person_id) do update
set erased_at = excluded.erased_at
