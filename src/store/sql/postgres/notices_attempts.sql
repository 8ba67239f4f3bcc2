-- Keeps what leased notices met in attempts that were not the last: the next one makes their rows say something else.
-- $1 now (timestamptz), and in step: $2 ids (uuid[]), $3 fencing tokens (uuid[]), $4 codes (text[]), $5 replies (text[]).
-- Runs before notices_settle.sql in the same transaction: a notice that is no longer leased under its token says nothing.
--
-- Differs by necessity: SQLite has no arrays, so the list comes as JSON.
-- Who has the token has it leased (a constraint of the table). Said once more, it would bring the planner to read all that is leased.
-- The keys stand there once more so that the table is never read whole, however small the planner takes it for.
insert into notice_history (notice_id, at, what, state, code, reply)
select r.notice_id, $1, 'attempt', 'deferred', r.code, r.reply
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as r (notice_id, token, code, reply)
join notices n on n.notice_id = r.notice_id
where n.notice_id = any ($2::uuid[]) and n.lease_token = r.token
