-- Reads jobs by id, each with whether its client is suspended.
-- $1 JSON array of job_id
-- Guarantee: a row for each that is there; null for a client who is not known.
-- Differs by necessity because rows come as one JSON array.
select j.job_id, j.client_id, j.title, j.state, j.state_since, j.hired_at, c.suspended
from jobs j
left join clients c on c.client_id = j.client_id
where j.job_id in (select value from json_each($1))
