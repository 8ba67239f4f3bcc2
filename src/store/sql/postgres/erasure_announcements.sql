-- Gives up announcements of notices that nobody is to be told any more. Those of returns are the ledger's, and stay.
-- $1 uuid[] notice_id, $2 timestamptz now
update announcements
set state = 'failed', code = 'erased', due_at = null, lease_token = null, lease_until = null, settled_at = $2
where notice_id = any($1) and state = 'pending'
