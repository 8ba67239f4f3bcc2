-- How far a walk has come.
-- $1 text name
select cursor, began_at, completed_at, examined
from audit_marks
where name = $1::text
