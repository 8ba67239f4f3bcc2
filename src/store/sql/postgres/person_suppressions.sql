-- Whether mail to a person's address is stopped, as objects.
-- $1 text person_id, $2 bigint limit
select json_build_object(
    'no', s.suppression_no,
    'cause', s.cause,
    'created_at', to_char(s.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'expires_at', to_char(s.expires_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
)::text
from suppressions s
join people p on lower(trim(p.email)) = s.address
where p.person_id = $1
order by s.suppression_no
limit $2
