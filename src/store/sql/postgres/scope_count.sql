-- Counts the proposals each event reaches: those of a job, or of a client's posts that were open then.
-- $1 text[] job_id or null, $2 text[] client_id or null, $3 timestamptz[] since, $4 bigint where to stop counting
-- Guarantee: in the order of the parameters; no count looks at more than the limit's proposals.
select (
    select count(*) from (
        select 1 from proposals p where p.job_id = e.job_id
        union all
        select 1 from jobs j cross join lateral (select 1 from proposals p where p.job_id = j.job_id offset 0) as p
        where j.client_id = e.client_id and (j.state = 'open' or j.state_since >= e.since)
        limit $4
    ) as found
)
from unnest($1::text[], $2::text[], $3::timestamptz[]) with ordinality as e (job_id, client_id, since, place)
order by e.place
