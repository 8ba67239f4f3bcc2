-- Ends the lease of a notice that was over long ago: it is due now.
-- $1 notice_id, $2 now in microseconds
-- Guarantee: only a lease that is over by the database's own clock.
update notices
set state = 'pending', lease_token = null, lease_until = null, due_at = $2
where notice_id = $1 and state = 'leased' and lease_until < cast(unixepoch('subsec') * 1000000 as integer)
