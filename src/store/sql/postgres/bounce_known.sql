-- Whether this was written down about a notice before.
-- $1 uuid of the notice, $2 bytea digest
select exists (select 1 from notice_history where notice_id = $1 and digest = $2) as known
