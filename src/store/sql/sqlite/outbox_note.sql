-- Writes down what the rows of notices say, before an operator's act makes them say something else.
-- $1 JSON array of ids, $2 what is done ('hold', 'release', 'resend'), $3 now in microseconds
-- Guarantee: where a notice is sent again, the end of its last attempt is an entry of its own, with its own time.
-- Differs by necessity: there are no arrays; the ids come as JSON, as text.
insert into notice_history (notice_id, at, what, state, code, reply)
select old.notice_id, old.at, old.what, old.state, old.code, old.reply
from (
    select n.notice_id, n.settled_at as at, 'attempt' as what, n.state, n.code, n.reply, 1 as place
    from notices n
    where n.notice_id in (select unhex(value, '-') from json_each($1)) and $2 = 'resend' and n.settled_at is not null
        and n.attempts > 0
    union all
    select n.notice_id, $3, $2, n.state, n.code, n.reply, 2
    from notices n
    where n.notice_id in (select unhex(value, '-') from json_each($1))
) as old
order by old.notice_id, old.place
