-- The list, newest first.
-- $1 number below, $2 cause or null, $3 person_id (their present address) or null, $4 boolean: those whose term is over
-- instead of those in force, $5 now in microseconds, $6 limit
select suppression_no, address, cause, notice_id, created_at, expires_at
from suppressions
where suppression_no < $1
    and ($2 is null or cause = $2)
    and ($3 is null or address = (select lower(trim(p.email)) from people p where p.person_id = $3))
    and coalesce(expires_at <= $5, false) = $4
order by suppression_no desc
limit $6
