-- Counts the proposals each event reaches: those of a job, or of a client's posts that were open then.
-- $1 JSON array of rows (Scope), $2 where to stop counting
-- Guarantee: in the order of the parameters; no count looks at more than the limit's proposals.
-- Differs by necessity because rows come as one JSON array.
select (
    select count(*) from (
        select 1 from proposals p where p.job_id = e.value ->> 'job'
        union all
        select 1 from jobs j cross join proposals p on p.job_id = j.job_id
        where j.client_id = e.value ->> 'client' and (j.state = 'open' or j.state_since >= e.value ->> 'since')
        limit $2
    )
)
from jsonb_each($1) as e
order by e.key
