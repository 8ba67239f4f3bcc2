-- Takes what mail servers said out of the histories of notices.
-- $1 JSON array of notice_id as text
update notice_history
set reply = null
where notice_id in (select unhex(value, '-') from json_each($1)) and reply is not null
