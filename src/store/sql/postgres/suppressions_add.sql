-- Suppresses the addresses of mailboxes that do not exist, as leased notices found out.
--
-- $1 now (timestamptz), and in step: $2 ids of the notices (uuid[]), $3 fencing tokens (uuid[]), $4 addresses (text[]), $5 ends
-- of their terms (timestamptz[]).
-- Runs after suppressions_lapse.sql and before notices_settle.sql in the same transaction: a notice that is no longer leased
-- under its token says nothing.
-- An address that is suppressed already keeps its first cause. Sorted, so that two workers wait for each other in one order.
--
-- Differs by necessity: SQLite has no arrays, so the list comes as JSON; and one writer, so nobody waits.
-- Who has the token has it leased (a constraint of the table). Said once more, it would bring the planner to read all that is leased.
-- The keys stand there once more so that the table is never read whole, however small the planner takes it for.
insert into suppressions (address, cause, notice_id, created_at, expires_at)
select lower(trim(r.address)), 'bad-mailbox', r.notice_id, $1, r.expires_at
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[]) as r (notice_id, token, address, expires_at)
join notices n on n.notice_id = r.notice_id
where n.notice_id = any ($2::uuid[]) and n.lease_token = r.token
order by 1
on conflict (address) do nothing
