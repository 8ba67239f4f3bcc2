-- Reads jobs by id.
-- $1 text[] job_id
-- Guarantee: a row for each that is there.
select job_id, client_id, title, state, state_since, hired_at
from jobs
where job_id = any($1::text[])
