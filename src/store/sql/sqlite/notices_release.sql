-- Makes the notices that some events hold back due.
-- $1 JSON array of event_no, $2 now in microseconds
-- Guarantee: touches none that was ever due.
-- Differs by necessity because rows come as one JSON array.
update notices
set due_at = $2
where event_no in (select value from json_each($1)) and state = 'pending' and due_at is null
