-- Deletes the history of the notices of some events.
-- $1 JSON array of event_no
-- Differs by necessity because numbers come as one JSON array.
delete from notice_history
where notice_id in (select n.notice_id from notices n where n.event_no in (select value from json_each($1)))
