-- What operators did, newest first.
-- $1 number below, $2 limit
select log_no, at, operator, action, reason, affected, details, version
from operator_log
where log_no < $1
order by log_no desc
limit $2
