-- The states of notices, to say why some were left as they are.
-- $1 JSON array of ids
-- Differs by necessity: there are no arrays; the ids come as JSON, as text.
select notice_id, state
from notices
where notice_id in (select unhex(value, '-') from json_each($1))
