-- Deletes the decisions about some events.
-- $1 bigint[] event_no
delete from decisions
where event_no = any($1::bigint[])
