-- The numbers of events that speak of these jobs, clients, proposals or people.
-- $1 JSON array of job_id, $2 JSON array of client_id, $3 JSON array of proposal_id, $4 JSON array of person_id, $5 limit
-- of each kind
-- Guarantee: the newest of each, at most so many. "+ 0" keeps the planner from walking down the numbers until enough match.
-- Differs by necessity because lists come as JSON arrays.
select event_no
from (select e.event_no from events e where e.job_id in (select value from json_each($1)) order by e.event_no + 0 desc limit $5) as e1
union
select event_no
from (select e.event_no from events e where e.client_id in (select value from json_each($2)) order by e.event_no + 0 desc limit $5) as e2
union
select event_no
from (select e.event_no from events e where e.proposal_id in (select value from json_each($3)) order by e.event_no + 0 desc limit $5) as e3
union
select event_no
from (select e.event_no from events e where e.person_id in (select value from json_each($4)) order by e.event_no + 0 desc limit $5) as e4
