-- Reads jobs by id, each with whether its client is suspended.
-- $1 text[] job_id
-- Guarantee: a row for each that is there; null for a client who is not known.
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong.
select j.job_id, j.client_id, j.title, j.state, j.state_since, j.hired_at, c.suspended
from jobs j
left join lateral (select c.suspended from clients c where c.client_id = j.client_id offset 0) as c on true
where j.job_id = any($1::text[])
