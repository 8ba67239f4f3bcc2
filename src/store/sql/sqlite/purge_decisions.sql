-- Deletes the decisions about some events.
-- $1 JSON array of event_no
-- Differs by necessity because numbers come as one JSON array.
delete from decisions
where event_no in (select value from json_each($1))
