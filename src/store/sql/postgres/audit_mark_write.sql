-- Writes down how far a walk has come.
-- $1 text name, $2 text cursor as JSON, $3 timestamptz began_at, $4 timestamptz completed_at, $5 bigint examined
insert into audit_marks (name, cursor, began_at, completed_at, examined)
values ($1, $2, $3, $4, $5)
on conflict (name) do update
set cursor = excluded.cursor, began_at = excluded.began_at, completed_at = excluded.completed_at, examined = excluded.examined
