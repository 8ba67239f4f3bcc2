-- Closed jobs, in the order in which they closed: a page of keys.
-- $1 timestamptz behind this moment, $2 text and this job, $3 timestamptz closed at or before this moment, $4 bigint limit
select state_since, job_id
from jobs
where state <> 'open' and (state_since, job_id) > ($1::timestamptz, $2::text) and state_since <= $3::timestamptz
order by state_since, job_id
limit $4
