-- Has notices sent once more. They were locked in a state that allows it (outbox_lock.sql).
-- $1 uuid[] ids, $2 timestamptz now
-- Guarantee: the count of resends makes it a letter of its own; its attempts begin anew.
update notices
set state = 'pending', due_at = $2, attempts = 0, resends = resends + 1, code = null, reply = null, settled_at = null
where notice_id = any($1)
