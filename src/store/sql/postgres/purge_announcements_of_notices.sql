-- Deletes the announcements of the notices of some events.
-- $1 bigint[] event_no
-- "array" and "offset 0" keep the planner from reading a whole table where it guesses wrong.
delete from announcements
where notice_id = any (array(select n.notice_id from notices n where n.event_no = any($1::bigint[])))
