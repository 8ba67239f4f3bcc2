-- What the rows of some notices no longer say, with who did it and why where an operator acted.
-- $1 uuid[] notice_id, $2 bigint limit
-- Guarantee: in order, at most so many. An act and its row in the log have one moment.
select h.notice_id, h.at, h.what, h.state, h.code, h.reply, o.operator, o.reason
from all_notice_history h
left join operator_log o on o.at = h.at and o.action = 'notices.' || h.what and h.what in ('hold', 'release', 'resend')
where h.notice_id = any($1::uuid[])
order by h.history_no
limit $2
