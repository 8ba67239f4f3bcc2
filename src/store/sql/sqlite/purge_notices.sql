-- Deletes the notices of some events.
-- $1 JSON array of event_no
-- Differs by necessity because numbers come as one JSON array.
delete from notices
where event_no in (select value from json_each($1))
