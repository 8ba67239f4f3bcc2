-- Whether mail to a person's address is stopped, as objects.
-- $1 person_id, $2 limit
select json_object(
    'no', s.suppression_no,
    'cause', s.cause,
    'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', s.created_at / 1000000.0, 'unixepoch'),
    'expires_at', strftime('%Y-%m-%dT%H:%M:%fZ', s.expires_at / 1000000.0, 'unixepoch')
)
from suppressions s
join people p on lower(trim(p.email)) = s.address
where p.person_id = $1
order by s.suppression_no
limit $2
