-- What a notice's row no longer says, oldest first.
-- $1 notice_id
select at, what, state, code, reply
from notice_history
where notice_id = $1
order by history_no
