-- The states of notices, to say why some were left as they are.
-- $1 uuid[] ids
select notice_id, state
from notices
where notice_id = any($1)
