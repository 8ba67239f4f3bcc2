-- Keeps what leased notices met in attempts that were not the last: the next one makes their rows say something else.
-- $1 now in microseconds, $2 JSON list as of notices_settle.sql.
-- Runs before notices_settle.sql in the same transaction: a notice that is no longer leased under its token says nothing.
--
-- Differs by necessity: there are no arrays; the list comes as JSON, a UUID in it as text.
insert into notice_history (notice_id, at, what, state, code, reply)
select n.notice_id, $1, 'attempt', 'deferred', r.value ->> 'code', r.value ->> 'reply'
from json_each($2) as r
join notices n on n.notice_id = unhex(r.value ->> 'notice_id', '-')
where n.state = 'leased' and n.lease_token = unhex(r.value ->> 'token', '-')
