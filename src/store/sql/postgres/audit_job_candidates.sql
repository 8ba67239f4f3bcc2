-- Proposals on closed jobs with a charge that nothing has given back and no final word of an event about that closing.
-- $1 text[] job_id, $2 text behind this job, $3 text and this proposal, $4 timestamptz submitted at or before this moment,
-- $5 bigint limit
-- Guarantee: in the order of jobs and proposals, so that a page goes on where the one before ended.
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong.
-- What was submitted before a purged event about it was applied was decided by that event, whose decisions are gone.
select c.job_id, c.proposal_id
from (select k.job_id from unnest($1::text[]) as k (job_id) where k.job_id >= $2::text order by k.job_id) as k
cross join lateral (select j.job_id, j.state from jobs j where j.job_id = k.job_id and j.state <> 'open' offset 0) as j
cross join lateral (
    select p.job_id, p.proposal_id, p.submitted_at
    from proposals p
    where p.job_id = j.job_id and p.submitted_at <= $4::timestamptz
    offset 0
) as c
where (c.job_id, c.proposal_id) > ($2::text, $3::text)
    and exists (
        select 1
        from connects_entries e
        where e.proposal_id = c.proposal_id and e.kind in ('fee', 'boost')
            and not exists (select 1 from connects_entries b where b.reverses = e.entry_id)
    )
    and not exists (
        select 1
        from decisions d
        cross join lateral (select v.type from events v where v.event_no = d.event_no offset 0) as v
        where d.proposal_id = c.proposal_id and d.verdict <> 'held'
            and case j.state
                when 'canceled' then v.type = 'job-canceled'
                when 'removed' then v.type = 'post-removed'
                else v.type in ('job-canceled', 'job-expired', 'post-removed')
            end
    )
    and not exists (
        select 1
        from events v
        where v.job_id = c.job_id and v.purged_at is not null and v.applied_at >= c.submitted_at
            and case j.state
                when 'canceled' then v.type = 'job-canceled'
                when 'removed' then v.type = 'post-removed'
                else v.type in ('job-canceled', 'job-expired', 'post-removed')
            end
    )
order by c.job_id, c.proposal_id
limit $5
