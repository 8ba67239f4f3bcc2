-- Reads jobs by id.
-- $1 JSON array of job_id
-- Guarantee: a row for each that is there.
-- Differs by necessity because rows come as one JSON array.
select job_id, client_id, title, state, state_since, hired_at
from jobs
where job_id in (select value from json_each($1))
