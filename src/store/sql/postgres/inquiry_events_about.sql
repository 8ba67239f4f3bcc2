-- The numbers of events that speak of these jobs, clients, proposals or people.
-- $1 text[] job_id, $2 text[] client_id, $3 text[] proposal_id, $4 text[] person_id, $5 bigint limit of each kind
-- Guarantee: the newest of each, at most so many. "+ 0" keeps the planner from walking down the numbers until enough match.
select event_no
from (select e.event_no from events e where e.job_id = any($1::text[]) order by e.event_no + 0 desc limit $5) as e1
union
select event_no
from (select e.event_no from events e where e.client_id = any($2::text[]) order by e.event_no + 0 desc limit $5) as e2
union
select event_no
from (select e.event_no from events e where e.proposal_id = any($3::text[]) order by e.event_no + 0 desc limit $5) as e3
union
select event_no
from (select e.event_no from events e where e.person_id = any($4::text[]) order by e.event_no + 0 desc limit $5) as e4
