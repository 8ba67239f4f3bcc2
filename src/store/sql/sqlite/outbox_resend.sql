-- Has notices sent once more. They were locked in a state that allows it (outbox_lock.sql).
-- $1 JSON array of ids, $2 now in microseconds
-- Guarantee: the count of resends makes it a letter of its own; its attempts begin anew.
-- Differs by necessity: there are no arrays; the ids come as JSON, as text.
update notices
set state = 'pending', due_at = $2, attempts = 0, resends = resends + 1, code = null, reply = null, settled_at = null
where notice_id in (select unhex(value, '-') from json_each($1))
