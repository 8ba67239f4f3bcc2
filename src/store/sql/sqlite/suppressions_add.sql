-- Suppresses the addresses of mailboxes that do not exist, as leased notices found out.
--
-- $1 now in microseconds, $2 JSON list of {notice_id, token (fencing token), address, expires_at (microseconds)}.
-- Runs after suppressions_lapse.sql and before notices_settle.sql in the same transaction: a notice that is no longer leased
-- under its token says nothing.
-- An address that is suppressed already keeps its first cause.
--
-- Differs by necessity: there are no arrays; the list comes as JSON, a UUID in it as text.
insert into suppressions (address, cause, notice_id, created_at, expires_at)
select lower(trim(r.value ->> 'address')), 'bad-mailbox', n.notice_id, $1, r.value ->> 'expires_at'
from json_each($2) as r
join notices n on n.notice_id = unhex(r.value ->> 'notice_id', '-')
where n.state = 'leased' and n.lease_token = unhex(r.value ->> 'token', '-')
on conflict (address) do nothing
