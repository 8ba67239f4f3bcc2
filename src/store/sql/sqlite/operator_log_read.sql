-- What operators did, newest first.
-- $1 number below, $2 limit, $3 operator, $4 action or the part before its point, $5 at or after and $6 before in microseconds;
-- of $3 to $6 each may be null: not asked for.
-- Differs by necessity: no split_part.
select log_no, at, operator, action, reason, affected, details, version
from operator_log
where log_no < $1
    and ($3 is null or operator = $3)
    and ($4 is null or action = $4 or substr(action, 1, instr(action, '.') - 1) = $4)
    and ($5 is null or at >= $5)
    and ($6 is null or at < $6)
order by log_no desc
limit $2
