-- Writes down what became of leased notices.
--
-- $1 now (timestamptz), and one list each, in step: $2 ids (uuid[]), $3 fencing tokens (uuid[]), $4 results (text[]: a state,
-- or 'released'), $5 when due again (timestamptz[], null where it is not), $6 codes (text[]), $7 replies (text[]).
-- Changes only what is still leased under its token; the number of rows changed is the answer.
-- A release counts no attempt, nor does an address that is suppressed or missing: nothing was tried.
--
-- Differs by necessity: SQLite has no arrays; the list comes as JSON.
-- Who has the token has it leased (a constraint of the table). Said once more, it would bring the planner to read all that is leased.
-- The keys stand there once more so that the table is never read whole, however small the planner takes it for.
update notices as n
set state = case
        when r.result <> 'released' then r.result
        when n.attempts > 0 then 'deferred'
        else 'pending'
    end,
    due_at = coalesce(r.due_at, n.due_at),
    attempts = n.attempts + case when r.result in ('released', 'suppressed', 'undeliverable') then 0 else 1 end,
    lease_token = null,
    lease_until = null,
    code = r.code,
    reply = r.reply,
    settled_at = case when r.result not in ('released', 'deferred') then $1::timestamptz end
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::text[], $7::text[])
    as r (notice_id, token, result, due_at, code, reply)
where n.notice_id = any ($2::uuid[]) and n.notice_id = r.notice_id and n.lease_token = r.token
