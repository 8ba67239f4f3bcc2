-- Gives up leased notices whose row cannot be read, so that they do not come back with every lease and hide the others.
--
-- $1 fencing token (uuid), $2 their ids (uuid[]), $3 now (timestamptz).
-- Changes only what is leased under the token.
--
-- Differs by necessity: SQLite has no arrays; the ids come as JSON, as text.
update notices
set state = 'failed', code = 'unreadable', settled_at = $3, lease_token = null, lease_until = null
where state = 'leased' and lease_token = $1 and notice_id = any ($2)
