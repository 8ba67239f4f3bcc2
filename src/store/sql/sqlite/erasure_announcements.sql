-- Gives up announcements of notices that nobody is to be told any more. Those of returns are the ledger's, and stay.
-- $1 JSON array of notice_id as text, $2 now in microseconds
update announcements
set state = 'failed', code = 'erased', due_at = null, lease_token = null, lease_until = null, settled_at = $2
where notice_id in (select unhex(value, '-') from json_each($1)) and state = 'pending'
