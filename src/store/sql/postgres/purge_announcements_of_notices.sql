-- Deletes the announcements of the notices of some events.
-- $1 bigint[] event_no
delete from announcements
where notice_id in (select n.notice_id from notices n where n.event_no = any($1::bigint[]))
