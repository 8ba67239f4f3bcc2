-- Ends the lease of a notice that was over long ago: it is due now.
-- $1 uuid notice_id, $2 timestamptz now
-- Guarantee: only a lease that is over by the database's own clock.
update notices
set state = 'pending', lease_token = null, lease_until = null, due_at = $2::timestamptz
where notice_id = $1::uuid and state = 'leased' and lease_until < clock_timestamp()
