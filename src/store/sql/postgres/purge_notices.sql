-- Deletes the notices of some events.
-- $1 bigint[] event_no
delete from notices
where event_no = any($1::bigint[])
