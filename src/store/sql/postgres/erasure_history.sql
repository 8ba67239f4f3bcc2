-- Takes what mail servers said out of the histories of notices.
-- $1 uuid[] notice_id
update notice_history
set reply = null
where notice_id = any($1) and reply is not null
