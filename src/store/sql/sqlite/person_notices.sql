-- Notices to a person, with what they say, as objects.
-- $1 person_id, $2 limit
select json_object(
    'notice', lower(hex(n.notice_id)),
    'state', n.state,
    'code', n.code,
    'reply', n.reply,
    'about', json(n.about),
    'lines', json(n.lines),
    'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', n.created_at / 1000000.0, 'unixepoch'),
    'settled_at', strftime('%Y-%m-%dT%H:%M:%fZ', n.settled_at / 1000000.0, 'unixepoch'),
    'erased_at', strftime('%Y-%m-%dT%H:%M:%fZ', n.erased_at / 1000000.0, 'unixepoch')
)
from notices n
where n.person_id = $1
order by n.created_at, n.notice_id
limit $2
