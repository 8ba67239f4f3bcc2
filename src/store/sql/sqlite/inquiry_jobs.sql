-- Posts by id, and whether their clients are suspended.
-- $1 JSON array of job_id
-- Guarantee: one row each.
-- Differs by necessity because lists come as JSON arrays.
select j.job_id, j.client_id, j.title, j.state, j.state_since, j.hired_at, c.suspended as client_suspended
from jobs j
left join clients c on c.client_id = j.client_id
where j.job_id in (select value from json_each($1))
