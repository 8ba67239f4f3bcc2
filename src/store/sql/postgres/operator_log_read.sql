-- What operators did, newest first.
-- $1 number below, $2 limit, $3 text operator, $4 text action or the part before its point, $5 timestamptz at or after,
-- $6 timestamptz before; of $3 to $6 each may be null: not asked for.
select log_no, at, operator, action, reason, affected, details::text as details, version
from operator_log
where log_no < $1
    and ($3::text is null or operator = $3)
    and ($4::text is null or action = $4 or split_part(action, '.', 1) = $4)
    and ($5::timestamptz is null or at >= $5)
    and ($6::timestamptz is null or at < $6)
order by log_no desc
limit $2
