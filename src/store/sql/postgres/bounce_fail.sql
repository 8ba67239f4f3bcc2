-- A letter that counted as sent did not arrive.
-- $1 uuid of the notice, $2 timestamptz now, $3 text reply or null, $4 integer resends
-- Guarantee: a notice that was sent again meanwhile, or waits for it, is left alone. Runs after bounce_record.sql.
update notices
set state = 'failed', code = 'bounced', reply = $3, settled_at = $2
where notice_id = $1 and state in ('sent', 'unknown') and resends = $4
