-- The newest events about some jobs that can explain what became of them.
-- $1 JSON array of job_id, $2 how many of each at most
-- Guarantee: the newest by the moment they happened come first.
-- Differs by necessity: SQLite has no lateral; the rows are numbered and cut.
select job_id, event_no, source, event_id, type, occurred_at, state, payload
from (
    select v.job_id, v.event_no, v.source, v.event_id, v.type, v.occurred_at, v.state, v.payload,
        row_number() over (partition by v.job_id order by v.occurred_at desc, v.event_no desc) as place
    from json_each($1) as k
    cross join events v on v.job_id = k.value and v.type in ('job-canceled', 'job-expired', 'post-removed')
) as ranked
where place <= $2
order by job_id, place
