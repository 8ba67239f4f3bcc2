-- Closed jobs, in the order in which they closed: a page of keys.
-- $1 behind this moment in microseconds, $2 and this job, $3 closed at or before this moment, $4 limit
select state_since, job_id
from jobs
where state <> 'open' and (state_since, job_id) > ($1, $2) and state_since <= $3
order by state_since, job_id
limit $4
