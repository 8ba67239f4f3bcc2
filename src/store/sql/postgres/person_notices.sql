-- Notices to a person, with what they say, as objects.
-- $1 text person_id, $2 bigint limit
select json_build_object(
    'notice', n.notice_id::text,
    'state', n.state,
    'code', n.code,
    'reply', n.reply,
    'about', n.about,
    'lines', n.lines,
    'created_at', to_char(n.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'settled_at', to_char(n.settled_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'erased_at', to_char(n.erased_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
)::text
from all_notices n
where n.person_id = $1
order by n.created_at, n.notice_id
limit $2
