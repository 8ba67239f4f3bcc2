-- Writes down what became of leased notices.
--
-- $1 now in microseconds, $2 JSON list of {notice_id, token (fencing token), result (a state, or 'released'), due_at (when
-- due again in microseconds, or null), code, reply}.
-- Changes only what is still leased under its token; the number of rows changed is the answer.
-- A release counts no attempt, nor does an address that is suppressed or missing: nothing was tried.
--
-- Differs by necessity: there are no arrays; the list comes as JSON, a UUID in it as text.
update notices
set state = case
        when r.result <> 'released' then r.result
        when notices.attempts > 0 then 'deferred'
        else 'pending'
    end,
    due_at = coalesce(r.due_at, notices.due_at),
    attempts = notices.attempts + case when r.result in ('released', 'suppressed', 'undeliverable') then 0 else 1 end,
    lease_token = null,
    lease_until = null,
    code = r.code,
    reply = r.reply,
    settled_at = case when r.result not in ('released', 'deferred') then $1 end
from (
    select unhex(value ->> 'notice_id', '-') as notice_id, unhex(value ->> 'token', '-') as token, value ->> 'result' as result,
        value ->> 'due_at' as due_at, value ->> 'code' as code, value ->> 'reply' as reply
    from json_each($2)
) as r
where notices.notice_id = r.notice_id and notices.state = 'leased' and notices.lease_token = r.token
