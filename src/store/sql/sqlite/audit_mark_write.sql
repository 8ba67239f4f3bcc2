-- Writes down how far a walk has come.
-- $1 name, $2 cursor as JSON, $3 began_at in microseconds, $4 completed_at in microseconds, $5 examined
insert into audit_marks (name, cursor, began_at, completed_at, examined)
values ($1, $2, $3, $4, $5)
on conflict (name) do update
set cursor = excluded.cursor, began_at = excluded.began_at, completed_at = excluded.completed_at, examined = excluded.examined
